import { describe, expect, test } from '@jest/globals'

import { LATER_FORMS } from './later-forms.js'
import { fillMaskTables, isMasked, LENGTHS } from './mask-tables.js'

// Users who read that a form is masked may print it.
describe('docs/security.md', () => {
  test.each(LATER_FORMS)('promises what the masks do: $name', (form) => {
    const promised = LENGTHS.filter((length) => typeof form.upTo !== 'number' || length <= form.upTo)
    expect(promised.filter((length) => !isMasked(form, length))).toEqual([])
  })

  // If this fails: npm run masks.
  test('has the tables that these make', async () => {
    expect(await fillMaskTables('check')).toBe(true)
  })
})

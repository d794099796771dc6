import { describe, expect, test } from '@jest/globals'

import { LATER_FORMS } from './later-forms.js'
import { fillMaskTables, isMasked, LENGTHS } from './mask-tables.js'

// Who reads that a form is masked prints it.
describe('docs/security.md', () => {
  test.each(LATER_FORMS)('promises what the masks do: $name', (form) => {
    const promised = LENGTHS.filter((length) => typeof form.upTo !== 'number' || length <= form.upTo)
    expect(promised.filter((length) => !isMasked(form, length))).toEqual([])
  })

  // If this is red: npm run masks.
  test('has the tables that these make', async () => {
    expect(await fillMaskTables('check')).toBe(true)
  })
})

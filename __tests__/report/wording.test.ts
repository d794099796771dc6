import { describe, expect, test } from '@jest/globals'

import { count, listNames } from '../../src/report/wording.js'

// Lost otherwise: a reader of a large run counts digits, and reads "1 keys".
describe('a sentence', () => {
  test.each([
    [0, '0 keys'],
    [1, '1 key'],
    [1_234, '1,234 keys'],
  ])('counts %d with its noun', (number, text) => {
    expect(count(number, 'key')).toBe(text)
  })

  test('lists the first names, and counts the others', () => {
    const names = Array.from({ length: 1_502 }, (_, index) => `k${index}`)
    expect(listNames(names, 2)).toBe('k0, k1 and 1,500 more')
    expect(listNames(names.slice(0, 2), 2)).toBe('k0, k1')
  })
})

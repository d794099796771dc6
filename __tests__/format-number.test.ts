import { expect, test } from '@jest/globals'

import { formatNumber } from '../src/format-number.js'

// Otherwise a user misreads a limit.
test.each([
  [0, '0'],
  [999, '999'],
  [1_000, '1,000'],
  [131_072, '131,072'],
  [8_388_608, '8,388,608'],
])('%d is formatted as %s', (number, text) => {
  expect(formatNumber(number)).toBe(text)
})

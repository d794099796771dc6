import { expect, test } from '@jest/globals'

import { formatNumber } from '../src/format-number.js'

// Lost if this fails: a limit is read as another number than it is.
test.each([
  [0, '0'],
  [999, '999'],
  [1_000, '1,000'],
  [131_072, '131,072'],
  [8_388_608, '8,388,608'],
])('%d is written %s', (number, text) => {
  expect(formatNumber(number)).toBe(text)
})

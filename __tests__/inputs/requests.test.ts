import { afterEach, describe, expect, test } from '@jest/globals'

import { InputErrors } from '../../src/inputs/input-errors.js'
import { readRequestInputs } from '../../src/inputs/requests.js'

const environment = process.env

afterEach(() => {
  process.env = environment
})

function readWith(inputs: Record<string, string>) {
  process.env = Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]),
  )
  const errors = new InputErrors()
  const options = readRequestInputs(errors)
  return { options, errors: errors.all.map(({ input, message }) => `${input}: ${message}`) }
}

describe('the inputs for requests', () => {
  // A variable of the repository that is not set makes an empty input.
  test('have defaults', () => {
    expect(readWith({ concurrency: '' })).toEqual({
      options: { concurrency: 16, requestsPerSecond: 10, retryTimeoutMs: 300_000 },
      errors: [],
    })
  })

  test('are accepted within their bounds', () => {
    const given = { concurrency: '64', 'requests-per-second': '0.5', 'retry-timeout-seconds': '0' }
    const options = { concurrency: 64, requestsPerSecond: 0.5, retryTimeoutMs: 0 }
    expect(readWith(given)).toEqual({ options, errors: [] })
    expect(readWith({ 'requests-per-second': '0' }).options.requestsPerSecond).toBe(Infinity)
  })

  // Otherwise a wrong number shows only in the middle of a release.
  test.each([
    ['concurrency', '0', 'must be a whole number from 1 to 64, in digits'],
    ['concurrency', '65', 'must be a whole number from 1 to 64, in digits'],
    ['concurrency', '1.5', 'must be a whole number from 1 to 64, in digits'],
    ['concurrency', '0x10', 'must be a whole number from 1 to 64, in digits'],
    ['requests-per-second', '-1', 'must be 0 or a number from 0.1 to 1,000, in digits'],
    ['requests-per-second', '1e3', 'must be 0 or a number from 0.1 to 1,000, in digits'],
    ['requests-per-second', '1001', 'must be 0 or a number from 0.1 to 1,000, in digits'],
    ['requests-per-second', 'Infinity', 'must be 0 or a number from 0.1 to 1,000, in digits'],
    // A timer cannot hold so long a wait, and would not wait at all.
    ['requests-per-second', '0.0000001', 'must be 0 or a number from 0.1 to 1,000, in digits'],
    ['requests-per-second', '0.09', 'must be 0 or a number from 0.1 to 1,000, in digits'],
    ['retry-timeout-seconds', '5m', 'must be a whole number from 0 to 3,600, in digits'],
    ['retry-timeout-seconds', '3601', 'must be a whole number from 0 to 3,600, in digits'],
  ])('are refused outside of them: %s %s', (input, value, message) => {
    expect(readWith({ [input]: value }).errors).toEqual([`${input}: ${message}`])
  })
})

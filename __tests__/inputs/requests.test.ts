import { readFileSync } from 'node:fs'

import { afterEach, describe, expect, test } from '@jest/globals'
import { parse } from 'yaml'

import { REQUEST_INPUTS, readRequestInputs } from '../../src/inputs/requests.js'

const environment = process.env

afterEach(() => {
  process.env = environment
})

function readWith(inputs: Record<string, string>) {
  process.env = Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]),
  )
  const errors: string[] = []
  const options = readRequestInputs((input, message) => errors.push(`${input}: ${message}`))
  return { options, errors }
}

describe('the inputs that hold the traffic back', () => {
  // A variable of the repository that is not set makes an empty input.
  test('have defaults, and action.yml tells the same', () => {
    expect(readWith({ concurrency: '' })).toEqual({
      options: { concurrency: 16, requestsPerSecond: 10, retryTimeoutMs: 300_000 },
      errors: [],
    })
    const { inputs } = parse(readFileSync('action.yml', 'utf8')) as {
      inputs: Record<string, { default: string }>
    }
    for (const [name, bounds] of Object.entries(REQUEST_INPUTS)) {
      expect(inputs[name]?.default).toBe(String(bounds.default))
    }
  })

  test('are taken within their bounds', () => {
    const given = { concurrency: '64', 'requests-per-second': '0.5', 'retry-timeout-seconds': '0' }
    const options = { concurrency: 64, requestsPerSecond: 0.5, retryTimeoutMs: 0 }
    expect(readWith(given)).toEqual({ options, errors: [] })
    expect(readWith({ 'requests-per-second': '0' }).options.requestsPerSecond).toBe(Infinity)
  })

  // A number that is read as another one is found out in the middle of a release.
  test.each([
    ['concurrency', '0', 'must be a whole number from 1 to 64, in digits'],
    ['concurrency', '65', 'must be a whole number from 1 to 64, in digits'],
    ['concurrency', '1.5', 'must be a whole number from 1 to 64, in digits'],
    ['concurrency', '0x10', 'must be a whole number from 1 to 64, in digits'],
    ['requests-per-second', '-1', 'must be 0 or a number from 0.1 to 1,000, in digits'],
    ['requests-per-second', '1e3', 'must be 0 or a number from 0.1 to 1,000, in digits'],
    ['requests-per-second', '1001', 'must be 0 or a number from 0.1 to 1,000, in digits'],
    ['requests-per-second', 'Infinity', 'must be 0 or a number from 0.1 to 1,000, in digits'],
    // So long a wait is more than a timer holds, and then there is none at all.
    ['requests-per-second', '0.0000001', 'must be 0 or a number from 0.1 to 1,000, in digits'],
    ['requests-per-second', '0.09', 'must be 0 or a number from 0.1 to 1,000, in digits'],
    ['retry-timeout-seconds', '5m', 'must be a whole number from 0 to 3,600, in digits'],
    ['retry-timeout-seconds', '3601', 'must be a whole number from 0 to 3,600, in digits'],
  ])('are refused outside of them: %s %s', (input, value, message) => {
    expect(readWith({ [input]: value }).errors).toEqual([`${input}: ${message}`])
  })
})

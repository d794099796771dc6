import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'

import { RequestScheduler, type CallOptions } from '../../../src/databricks/http/request-scheduler.js'
import { WorkspaceError } from '../../../src/databricks/workspace-error.js'

const BACKGROUND = { background: true }
const OPTIONAL = { optional: true }
const UNAVAILABLE = new WorkspaceError('error-response', {
  status: 503,
  errorCode: 'TEMPORARILY_UNAVAILABLE',
})
const REJECTED = new WorkspaceError('error-response', { status: 429, retryAfterMs: 60_000 })

let now = 10_000

async function pass(ms: number, step = 10): Promise<void> {
  for (let passed = 0; passed < ms; passed += step) {
    now += step
    await jest.advanceTimersByTimeAsync(step)
  }
}

beforeEach(() => {
  jest.useFakeTimers()
  jest.spyOn(process, 'uptime').mockImplementation(() => now / 1_000)
})

afterEach(() => {
  jest.useRealTimers()
  jest.restoreAllMocks()
})

function open(retryTimeoutMs = 30_000) {
  const { signal } = new AbortController()
  const limits = { concurrency: 4, requestsPerSecond: Infinity, retryTimeoutMs }
  const scheduler = new RequestScheduler(limits, 'http://127.0.0.1', signal, () => undefined)
  const log: string[] = []
  /** Makes a call whose tries end with these errors, the last one again and again. Without an error it succeeds. */
  const call = (name: string, options: CallOptions = {}, ...errors: (WorkspaceError | undefined)[]): void => {
    let tries = 0
    const attempt = (): Promise<Record<string, never>> => {
      const error = errors[Math.min(tries++, errors.length - 1)]
      return error === undefined ? Promise.resolve({}) : Promise.reject(error)
    }
    scheduler.call({ call: name }, attempt, options).then(
      () => log.push(`${name}: done`),
      (error: unknown) =>
        log.push(`${name}: failed after ${String(tries)}, ${String(error instanceof WorkspaceError)}`),
    )
  }
  return { call, log }
}

// Nothing of a search may cost a run its writes.
describe('errors of background requests', () => {
  test('do not slow down the other requests, whatever Retry-After says', async () => {
    const { call, log } = open()
    for (let each = 0; each < 6; each++) call('jobs/list', BACKGROUND, REJECTED)
    await pass(100)
    for (let each = 0; each < 20; each++) call('put')
    await pass(10)
    expect(log).toEqual(Array<string>(20).fill('put: done'))
  })

  test('do not pause the other requests during an outage of the search', async () => {
    const { call, log } = open()
    for (let each = 0; each < 30; each++) call(`get ${String(each)}`, BACKGROUND, UNAVAILABLE)
    await pass(1_000)
    call('put')
    await pass(10)
    expect(log).toEqual(['put: done'])
  })

  test('do not stop the other requests after the time for retries', async () => {
    const { call, log } = open(20_000)
    for (let each = 0; each < 5; each++) call('put', BACKGROUND, UNAVAILABLE)
    await pass(90_000, 50)
    expect(log).toHaveLength(5)
    call('put')
    await pass(10)
    expect(log.at(-1)).toBe('put: done')
  })

  test('end with an error although other requests succeed all the time', async () => {
    const { call, log } = open(10_000)
    call('get', BACKGROUND, UNAVAILABLE)
    for (let second = 0; second < 240 && log.every((line) => !line.startsWith('get')); second++) {
      call('put')
      await pass(1_000, 50)
    }
    expect(log.at(-1)).toMatch(/^get: failed after \d+, true$/)
  })

  test('do not count the time in the queue: a request is retried after long writes', async () => {
    const { call, log } = open(10_000)
    call('get', BACKGROUND, UNAVAILABLE, undefined)
    for (let second = 0; second < 300; second++) {
      call('put')
      await pass(100, 50)
    }
    await pass(2_000)
    expect(log).toContain('get: done')
  })
})

describe('an optional request', () => {
  test('is retried for at most 15 seconds, although other requests succeed all the time', async () => {
    const { call, log } = open(300_000)
    call('me', OPTIONAL, UNAVAILABLE)
    for (let second = 0; second < 17; second++) {
      call('put')
      await pass(1_000, 50)
    }
    expect(log.filter((line) => line.startsWith('me'))).toEqual([
      expect.stringMatching(/^me: failed after \d+, true$/),
    ])
  })

  // It may be a call that this workspace does not have.
  test('does not stop the requests that the run requires', async () => {
    const { call, log } = open(10_000)
    for (let each = 0; each < 3; each++) call('me', OPTIONAL, UNAVAILABLE)
    await pass(20_000, 50)
    expect(log).toHaveLength(3)
    call('me')
    await pass(10)
    expect(log.at(-1)).toBe('me: done')
  })
})

test('successes of background requests do not keep the retries of failing writes going', async () => {
  const { call, log } = open(10_000)
  for (let each = 0; each < 4; each++) call('put', {}, UNAVAILABLE)
  for (let second = 0; second < 120; second++) {
    call('get', BACKGROUND)
    await pass(500, 50)
  }
  expect(log.filter((line) => line.startsWith('put: failed'))).toHaveLength(4)
})

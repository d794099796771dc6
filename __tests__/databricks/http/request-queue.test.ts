import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'

import { RequestQueue, type QueueLimits } from '../../../src/databricks/http/request-queue.js'

const REQUEST = { isRetry: false, isBackground: false }
const BACKGROUND = { isRetry: false, isBackground: true }

let now = 10_000

/** Lets so many ms pass. */
async function pass(ms: number): Promise<void> {
  for (let step = 0; step < ms; step++) {
    now++
    await jest.advanceTimersByTimeAsync(1)
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

/** A queue, and which requests have started, in order. Each runs until it is released. */
function open(limits: Partial<QueueLimits> = {}) {
  const queue = new RequestQueue({ concurrency: 16, requestsPerSecond: Infinity, ...limits })
  const started: string[] = []
  const ask = (name: string, options = REQUEST, count = 1): void => {
    for (let each = 0; each < count; each++) {
      void queue.acquire(options, () => undefined).then(() => started.push(name))
    }
  }
  return { queue, started, ask }
}

// A search that takes the places or the burst of the writes makes every rotation slower.
describe('a background request', () => {
  test('starts at once if nothing has been sent before', async () => {
    const { started, ask } = open()
    ask('search', BACKGROUND)
    await pass(1)
    expect(started).toEqual(['search'])
  })

  test('waits until no other request has run for a moment', async () => {
    const { queue, started, ask } = open()
    ask('put')
    ask('search', BACKGROUND)
    await pass(1_000)
    expect(started).toEqual(['put'])
    queue.release(REQUEST)
    await pass(199)
    expect(started).toEqual(['put'])
    await pass(2)
    expect(started).toEqual(['put', 'search'])
  })

  test('waits while a request waits for the rate, and goes after one that came later', async () => {
    const { queue, started, ask } = open({ requestsPerSecond: 10 })
    ask('put', REQUEST, 101)
    queue.release(REQUEST)
    ask('search', BACKGROUND)
    ask('retry', { isRetry: true, isBackground: false })
    for (let each = 0; each < 100; each++) {
      await pass(2)
      queue.release(REQUEST)
    }
    await pass(600)
    expect(started.filter((name) => name !== 'put')).toEqual(['retry'])
    queue.release(REQUEST)
    await pass(400)
    expect(started.filter((name) => name !== 'put')).toEqual(['retry', 'search'])
  })

  test('waits after a request that did not wait itself, such as one for a new token', async () => {
    const { queue, started, ask } = open()
    queue.takeUnqueued()
    ask('search', BACKGROUND)
    await pass(198)
    expect(started).toEqual([])
    await pass(4)
    expect(started).toEqual(['search'])
  })

  test('leaves half of the places free', async () => {
    const { queue, started, ask } = open({ concurrency: 5 })
    ask('search', BACKGROUND, 10)
    await pass(1)
    expect(started).toHaveLength(3)
    ask('put', REQUEST, 3)
    await pass(1)
    expect(started.slice(3)).toEqual(['put', 'put'])
    queue.release(BACKGROUND)
    await pass(1)
    expect(started.slice(3)).toEqual(['put', 'put', 'put'])
  })

  test('never uses the burst: the other requests find all of it afterwards', async () => {
    const { queue, started, ask } = open({ requestsPerSecond: 10, concurrency: 200 })
    ask('search', BACKGROUND, 60)
    await pass(3_000)
    expect(started.length).toBeGreaterThanOrEqual(30)
    expect(started.length).toBeLessThanOrEqual(32)
    const before = started.length
    ask('put', REQUEST, 120)
    await pass(1)
    expect(started.length - before).toBeGreaterThanOrEqual(99)
    expect(started.slice(before)).not.toContain('search')
    for (let each = 0; each < before; each++) queue.release(BACKGROUND)
  })

  test('is limited to the rate that the other requests have left', async () => {
    const { queue, started, ask } = open({ requestsPerSecond: 10, concurrency: 200 })
    ask('put', REQUEST, 100)
    await pass(1)
    for (let each = 0; each < 100; each++) queue.release(REQUEST)
    ask('search', BACKGROUND, 60)
    await pass(2_000)
    // The 100 of the burst, and then 10 per second together.
    expect(started.length).toBeLessThanOrEqual(121)
    expect(started.length).toBeGreaterThanOrEqual(115)
  })

  test('that is rejected for the rate limit slows down the background only', async () => {
    const { queue, started, ask } = open()
    ask('search', BACKGROUND, 8)
    await pass(1)
    for (let each = 0; each < 8; each++) queue.release(BACKGROUND)
    queue.backgroundRateLimit.rejected(now, now + 1, 30_000)
    ask('search', BACKGROUND)
    ask('put', REQUEST, 16)
    await pass(1)
    expect(started.slice(8)).toEqual(Array<string>(16).fill('put'))
    for (let each = 0; each < 16; each++) queue.release(REQUEST)
    await pass(20_000)
    expect(started).toHaveLength(24)
    await pass(20_000)
    expect(started).toHaveLength(25)
  })

  test('waits too while the workspace rejects the other requests', async () => {
    const { queue, started, ask } = open()
    queue.rejected(now, now + 1, 5_000)
    ask('search', BACKGROUND)
    await pass(4_000)
    expect(started).toEqual([])
    await pass(2_000)
    expect(started).toEqual(['search'])
  })
})

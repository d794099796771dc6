import { beforeEach, describe, expect, test } from '@jest/globals'

import { apiError } from '../../emulator/reply.js'
import { syncTo } from './sync-step.js'
import { workspace } from './workspace-of-test.js'

beforeEach(() => {
  workspace.store.createScope('storage')
})

function map(count: number): string {
  return Array.from({ length: count }, (_, index) => `key-${index}=fake-${index}`).join('\n')
}

/** When the workspace receives each request, in ms. */
function arrivals(): number[] {
  const times: number[] = []
  workspace.intercept(() => {
    times.push(performance.now())
    return undefined
  })
  return times
}

// With too many requests, a workspace blocks the address of the runner for minutes, and so other jobs too.
describe('requests', () => {
  test('are sent at requests-per-second, after a burst of a hundred', async () => {
    const times = arrivals()
    const step = await syncTo(workspace, { secrets: map(108), 'requests-per-second': '10' })
    expect(step.exitCode).toBe(0)
    expect(times).toHaveLength(110)
    // The last ten have to wait for a tenth of a second each; a longer time is not an error.
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThan(900)
  })

  test('are sent one after the other after the first 429', async () => {
    const times = arrivals()
    let puts = 0
    workspace.intercept(({ path }) =>
      path.endsWith('/put') && ++puts === 1
        ? apiError(429, 'REQUEST_LIMIT_EXCEEDED', 'Slow down.')
        : undefined,
    )
    const inputs = { secrets: map(30), 'requests-per-second': '10', concurrency: '1' }
    const step = await syncTo(workspace, { ...inputs, 'retry-timeout-seconds': '60' })
    expect([step.exitCode, times.length]).toEqual([0, 33])
    expect((times.at(-1) ?? 0) - (times[2] ?? 0)).toBeGreaterThan(2_700)
  })

  test.each([1, 3])(
    'never exceed the concurrency, and keep the order of the map if it is one: %d',
    async (concurrency) => {
      // The responses wait until this many puts are running. One more would have had time to start.
      let arrived = 0
      let release: () => void = () => undefined
      const full = new Promise<void>((resolve) => (release = resolve))
      workspace.intercept(async ({ path }) => {
        if (!path.endsWith('/put')) return undefined
        if (++arrived === concurrency) setTimeout(release, 200)
        await full
        return undefined
      })
      const step = await syncTo(workspace, { secrets: map(30), concurrency: String(concurrency) })
      expect(step.exitCode).toBe(0)
      expect(workspace.requests.maxInFlight(workspace.requests.to('secrets/put'))).toBe(concurrency)
      const keys = workspace.requests.to('secrets/put').map(({ body }) => (body as { key: string }).key)
      const inOrder = Array.from({ length: 30 }, (_, index) => `key-${index}`)
      if (concurrency === 1) expect(keys).toEqual(inOrder)
    },
  )
})

describe('a workspace with a rate limit', () => {
  // A client that continues may be blocked.
  test('gets no request for as long as Retry-After asks', async () => {
    const times = arrivals()
    let refused = 0
    workspace.intercept(({ path }) =>
      path.endsWith('/put') && refused++ === 0
        ? apiError(429, 'REQUEST_LIMIT_EXCEEDED', 'Slow down.', { 'retry-after': '2' })
        : undefined,
    )
    const inputs = { secrets: map(12), concurrency: '1', 'retry-timeout-seconds': '60' }
    const step = await syncTo(workspace, inputs)
    expect([step.exitCode, step.log]).toEqual([
      0,
      expect.stringContaining('1 request was retried: 1 rate-limited (429)'),
    ])
    // Two lists and the refused put come before the pause, and everything else after it.
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0))
    expect(gaps.findIndex((gap) => gap > 1_900)).toBe(2)
  })

  // With only backoff, requests are sent in bursts, and most of them are rejected.
  test('gets requests at the rate that it accepts, so that few are rejected', async () => {
    const [size, perSecond] = [10, 50]
    let tokens = size
    let last = performance.now()
    let refused = 0
    workspace.intercept(() => {
      const now = performance.now()
      tokens = Math.min(size, tokens + ((now - last) / 1_000) * perSecond)
      last = now
      if (tokens >= 1) tokens--
      else {
        refused++
        return apiError(429, 'REQUEST_LIMIT_EXCEEDED', 'Slow down.')
      }
      return undefined
    })
    const step = await syncTo(workspace, { secrets: map(300), 'retry-timeout-seconds': '60' })
    expect([step.exitCode, step.log]).toEqual([0, expect.stringContaining('300 created')])
    expect(refused).toBeLessThan(60)
  })
})

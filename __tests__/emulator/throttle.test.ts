/** A workspace with a rate limit. */
import { expect, test } from '@jest/globals'
import { FaultScript } from '../../emulator/fault-script.js'
import { Throttle, type ThrottleOptions } from '../../emulator/throttle.js'
import type { EmulatedWorkspace } from '../../emulator/workspace.js'
import { outcomeOf, type Outcome } from './outcome.js'
import { Clock, signal, start } from './wire.js'

/** A workspace with the scope `s`, and a throttle with a clock that the test moves. */
async function startWith(options: ThrottleOptions): Promise<[EmulatedWorkspace, Throttle, Clock]> {
  const clock = new Clock()
  const throttle = new Throttle({ clock: clock.now, ...options })
  const workspace = await start()
  workspace.store.createScope('s')
  workspace.intercept(throttle.play)
  return [workspace, throttle, clock]
}

async function put(workspace: EmulatedWorkspace, key: string): Promise<Outcome> {
  const body = { scope: 's', key, string_value: 'v' }
  return await outcomeOf(workspace.url, { path: '/api/2.0/secrets/put', body })
}

/** Sends so many writes in order and returns their statuses. */
async function statusesOf(workspace: EmulatedWorkspace, count: number): Promise<(number | undefined)[]> {
  const statuses = []
  for (let n = 0; n < count; n++) statuses.push((await put(workspace, `k${n}`)).status)
  return statuses
}

// Otherwise a client above the limit would be accepted, or one below it rejected.
test('a burst is accepted, and then as many as the rate allows', async () => {
  const [workspace, throttle, clock] = await startWith({ perSecond: 2, burst: 3 })
  expect(await statusesOf(workspace, 5)).toEqual([200, 200, 200, 429, 429])
  clock.pass(0.5)
  expect(await statusesOf(workspace, 2)).toEqual([200, 429])
  clock.pass(0.25)
  expect(await statusesOf(workspace, 1)).toEqual([429])
  // The rejected request used no part of the token.
  clock.pass(0.25)
  expect(await statusesOf(workspace, 2)).toEqual([200, 429])
  // After a long pause there is a burst, but not more.
  clock.pass(3_600)
  expect(await statusesOf(workspace, 4)).toEqual([200, 200, 200, 429])
  expect(throttle.refused).toBe(6)
})

test.each([
  [5, 5],
  [0.5, 1],
])('at %d per second, the default burst is %d', async (perSecond, burst) => {
  const [workspace, throttle] = await startWith({ perSecond })
  await statusesOf(workspace, 7)
  expect(throttle.refused).toBe(7 - burst)
})

// Otherwise no test would find a client that counts a rejected write as a success.
test('a rejected request has no effect', async () => {
  const [workspace] = await startWith({ perSecond: 1 })
  await put(workspace, 'taken')
  await put(workspace, 'refused')
  expect(workspace.store.scope('s').secrets.map(({ key }) => key)).toEqual(['taken'])
})

test.each(['REQUEST_LIMIT_EXCEEDED', 'RESOURCE_EXHAUSTED'] as const)(
  'a rejection has the code %s',
  async (code) => {
    const [workspace] = await startWith({ perSecond: 1, code })
    await put(workspace, 'k')
    const { body, headers, status } = await put(workspace, 'k')
    expect(status).toBe(429)
    expect(JSON.parse(body)).toEqual({
      error_code: code,
      message: 'exceeded the limit of 1 requests per second',
    })
    expect(headers).not.toHaveProperty('retry-after')
  },
)

test.each([
  [10, '1'],
  [0.1, '10'],
])('at %d per second, Retry-After can be in seconds', async (perSecond, seconds) => {
  const [workspace, , clock] = await startWith({ perSecond, burst: 1, retryAfter: 'seconds' })
  await put(workspace, 'k')
  expect((await put(workspace, 'k')).headers['retry-after']).toBe(seconds)
  clock.pass(Number(seconds))
  expect((await put(workspace, 'k')).status).toBe(200)
})

test('Retry-After can be a date, which is not too early', async () => {
  const [workspace] = await startWith({ perSecond: 0.1, retryAfter: 'date' })
  await put(workspace, 'k')
  const asked = Date.now()
  const date = (await put(workspace, 'k')).headers['retry-after'] ?? ''
  expect(date).toMatch(/^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/)
  expect(Date.parse(date)).toBeGreaterThanOrEqual(asked + 10_000)
  expect(Date.parse(date)).toBeLessThanOrEqual(Date.now() + 11_000)
})

// Otherwise only a real workspace would find a client that sends too many requests at once.
test('too many running requests are rejected, fewer are not', async () => {
  const [workspace, throttle] = await startWith({ maxInFlight: 3, retryAfter: 'seconds' })
  const [arrived, go] = [signal(), signal()]
  let count = 0
  workspace.intercept(async () => {
    if (++count === 3) arrived.give()
    await go.given
    return undefined
  })
  const three = Array.from({ length: 3 }, (_, n) => put(workspace, `k${n}`))
  await arrived.given
  const { status, body, headers } = await put(workspace, 'refused')
  expect(status).toBe(429)
  expect(body).toContain('exceeded the concurrent limit of 3 requests')
  expect(headers['retry-after']).toBe('1')
  go.give()
  expect((await Promise.all(three)).map((outcome) => outcome.status)).toEqual([200, 200, 200])
  expect((await put(workspace, 'later')).status).toBe(200)
  expect(throttle.refused).toBe(1)
  expect(
    workspace.store
      .scope('s')
      .secrets.map(({ key }) => key)
      .sort(),
  ).toEqual(['k0', 'k1', 'k2', 'later'])
})

test('a request counts as running until its response', async () => {
  const throttle = new Throttle({ maxInFlight: 1 })
  const workspace = await start({ latencyMs: 3_600_000 })
  workspace.store.createScope('s')
  const second = signal()
  let count = 0
  workspace.intercept((request, perform) => {
    if (++count === 2) second.give()
    return throttle.play(request, perform)
  })
  const both = [put(workspace, 'k1'), put(workspace, 'k2')]
  await second.given
  await workspace.close()
  expect(throttle.refused).toBe(1)
  expect(workspace.store.scope('s').secrets).toHaveLength(1)
  await Promise.all(both)
})

test('a request with a lost connection no longer counts', async () => {
  const [workspace] = await startWith({ maxInFlight: 1 })
  workspace.intercept(({ body }) =>
    JSON.stringify(body).includes('lost') ? (response) => response.destroy() : undefined,
  )
  expect((await put(workspace, 'lost')).failure).toBe('ECONNRESET')
  expect((await put(workspace, 'k')).status).toBe(200)
})

test('in a script it can limit only one call', async () => {
  const workspace = await start()
  workspace.store.createScope('s')
  const throttle = new Throttle({ perSecond: 1, clock: () => 0 })
  workspace.intercept(new FaultScript([{ call: 'secrets/put', times: Infinity, fault: throttle.play }]).play)
  expect(await statusesOf(workspace, 3)).toEqual([200, 429, 429])
  const list = await outcomeOf(workspace.url, { path: '/api/2.0/secrets/scopes/list' })
  expect(list.status).toBe(200)
})

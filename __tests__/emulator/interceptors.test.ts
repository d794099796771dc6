/** Faults before and after a request takes effect. A client that retries must handle both. */
import { Agent } from 'node:http'
import { expect, test } from '@jest/globals'
import { cutShort, hangUp, neverAnswer, reset } from '../../emulator/faults.js'
import { after, altered, before, late, worksOnlyFor } from '../../emulator/interceptors.js'
import { refusal } from '../../emulator/refusals.js'
import { json, redirect } from '../../emulator/reply.js'
import { retyped } from '../../emulator/strange-answers.js'
import type { EmulatedWorkspace } from '../../emulator/workspace.js'
import { outcomeOf } from './outcome.js'
import { posting, signal, start } from './wire.js'

const PUT = { scope: 's', key: 'k', string_value: 'v' }
const TO_PUT = { path: '/api/2.0/secrets/put', body: PUT }

async function startWithScope(): Promise<EmulatedWorkspace> {
  const workspace = await start()
  workspace.store.createScope('s')
  return workspace
}

// Otherwise no test would find a client that fails because an earlier try was already applied.
test.each([
  { name: 'a refusal', answer: refusal(503), sees: { status: 503, failure: undefined } },
  { name: 'a redirect', answer: redirect('https://elsewhere.invalid/', 307), sees: { status: 307 } },
  { name: 'a close', answer: hangUp, sees: { status: undefined, failure: 'ECONNRESET' } },
  { name: 'a reset', answer: reset, sees: { status: undefined, failure: 'ECONNRESET' } },
  { name: 'half an answer', answer: cutShort(json(200, {}), 1), sees: { status: 200, body: '{' } },
])('$name comes before the request takes effect, or after', async ({ answer, sees }) => {
  for (const [effect, keys] of [
    [before, []],
    [after, ['k']],
  ] as const) {
    const workspace = await startWithScope()
    workspace.intercept(effect(answer))
    expect(await outcomeOf(workspace.url, TO_PUT)).toMatchObject(sees)
    expect(workspace.store.scope('s').secrets.map(({ key }) => key)).toEqual(keys)
  }
})

// Otherwise no test could have a timeout of a request that was applied.
test('a request without a response can have taken effect', async () => {
  const workspace = await startWithScope()
  const arrived = signal()
  workspace.intercept((request, perform) => {
    arrived.give()
    return after(neverAnswer)(request, perform)
  })
  const outcome = outcomeOf(workspace.url, TO_PUT)
  await arrived.given
  await workspace.close()
  expect(workspace.store.scope('s').secret('k')).toBeDefined()
  expect(await outcome).toMatchObject({ status: undefined, failure: 'ECONNRESET' })
})

test('the response of a request can be changed', async () => {
  const workspace = await startWithScope()
  workspace.intercept(altered((reply) => retyped(reply, 'text/html')))
  const outcome = await outcomeOf(workspace.url, { path: '/api/2.0/secrets/scopes/list' })
  expect(outcome.headers['content-type']).toBe('text/html')
  expect(JSON.parse(outcome.body)).toMatchObject({ scopes: [{ name: 's' }] })
})

// Otherwise a run that found an error could not be repeated.
test('random delays are the same for the same seed, and within their bounds', async () => {
  const waitsOf = async (seed: number): Promise<number[]> => {
    const workspace = await startWithScope()
    const waits: number[] = []
    const sleep = (ms: number): Promise<void> => Promise.resolve(void waits.push(ms))
    workspace.intercept(late({ ms: 20, jitterMs: 10, seed, sleep }))
    for (let n = 0; n < 20; n++) expect((await posting(workspace)('secrets/put', PUT)).status).toBe(200)
    return waits
  }
  const [first, again, other] = [await waitsOf(7), await waitsOf(7), await waitsOf(8)]
  expect(again).toEqual(first)
  expect(other).not.toEqual(first)
  expect(new Set(first).size).toBe(20)
  for (const wait of first) {
    expect(wait).toBeGreaterThanOrEqual(20)
    expect(wait).toBeLessThan(30)
  }
})

test.each([
  { wait: 'before', keys: [] },
  { wait: 'after', keys: ['k'] },
] as const)('a delayed request waits $wait it takes effect', async ({ wait, keys }) => {
  const workspace = await startWithScope()
  let meanwhile: string[] = []
  workspace.intercept(
    late({
      ms: 1,
      wait,
      sleep: () => {
        meanwhile = workspace.store.scope('s').secrets.map(({ key }) => key)
        return Promise.resolve()
      },
    }),
  )
  expect((await posting(workspace)('secrets/put', PUT)).status).toBe(200)
  expect(meanwhile).toEqual(keys)
  expect(workspace.store.scope('s').secret('k')).toBeDefined()
})

test('a delay is not too short', async () => {
  const workspace = await startWithScope()
  workspace.intercept(late({ ms: 30 }))
  const began = performance.now()
  await posting(workspace)('secrets/put', PUT)
  // By another clock, a timer may fire a millisecond early.
  expect(performance.now() - began).toBeGreaterThan(28)
})

// Otherwise no test would find a client that fails when the server closes a kept-alive connection.
test('a kept-alive connection ends when the client reuses it', async () => {
  const workspace = await startWithScope()
  workspace.intercept(worksOnlyFor(2))
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const outcomes = []
  for (let n = 0; n < 4; n++) outcomes.push(await outcomeOf(workspace.url, { ...TO_PUT, agent }))
  agent.destroy()
  expect(outcomes.map(({ status }) => status)).toEqual([200, 200, undefined, 200])
  expect(outcomes[2]?.failure).toBe('ECONNRESET')
  expect(workspace.requests.all.map(({ connection }) => connection)).toEqual([1, 1, 1, 2])
})

/** Scripts of faults. */
import { expect, test } from '@jest/globals'
import { EmulatedEntra } from '../../emulator/entra.js'
import { FaultScript, type ScriptedFault } from '../../emulator/fault-script.js'
import { hangUp } from '../../emulator/faults.js'
import { EmulatedGitHub } from '../../emulator/github.js'
import { after, before, late } from '../../emulator/interceptors.js'
import { refusal } from '../../emulator/refusals.js'
import type { EmulatedWorkspace } from '../../emulator/workspace.js'
import { outcomeOf } from './outcome.js'
import { closing, getting, postForm, posting, start } from './wire.js'

const UNAVAILABLE = before(refusal(503, { retryAfter: 1 }))

async function startWith(...faults: ScriptedFault[]): Promise<[EmulatedWorkspace, FaultScript]> {
  const workspace = await start()
  workspace.store.createScope('s')
  const script = new FaultScript(faults)
  workspace.intercept(script.play)
  return [workspace, script]
}

/** Writes `k1`, `k2` and so on, in order, with a list before each. Returns the statuses of the writes. */
async function put(workspace: EmulatedWorkspace, count: number): Promise<(number | undefined)[]> {
  const statuses = []
  for (let n = 1; n <= count; n++) {
    await outcomeOf(workspace.url, { path: '/api/2.0/secrets/scopes/list' })
    const body = { scope: 's', key: `k${n}`, string_value: 'v' }
    statuses.push((await outcomeOf(workspace.url, { path: '/api/2.0/secrets/put', body })).status)
  }
  return statuses
}

const keysOf = (workspace: EmulatedWorkspace): string[] =>
  workspace.store.scope('s').secrets.map(({ key }) => key)

// Otherwise a test would break another request than it intends, and succeed.
test('a fault applies to the requests of its call, and to no others', async () => {
  const [workspace, script] = await startWith({ call: 'secrets/put', at: 3, times: 2, fault: UNAVAILABLE })
  expect(await put(workspace, 6)).toEqual([200, 200, 503, 503, 200, 200])
  expect(keysOf(workspace)).toEqual(['k1', 'k2', 'k5', 'k6'])
  const lists = workspace.requests.to('secrets/scopes/list')
  expect(lists.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200])
  expect(script.left).toEqual([])
})

test('without a call, it applies to all requests', async () => {
  const [workspace] = await startWith({ at: 4, fault: UNAVAILABLE })
  expect(await put(workspace, 3)).toEqual([200, 503, 200])
})

test('a fault applies once, to the first request, unless it sets another position or number', async () => {
  const [workspace] = await startWith({ call: 'secrets/put', fault: UNAVAILABLE })
  expect(await put(workspace, 3)).toEqual([503, 200, 200])
  const [other] = await startWith({ call: 'secrets/put', at: 2, times: Infinity, fault: UNAVAILABLE })
  expect(await put(other, 4)).toEqual([200, 503, 503, 503])
})

test('each fault counts separately; of two for one request, the first one responds', async () => {
  const [workspace, script] = await startWith(
    { call: 'secrets/put', at: 2, fault: after(hangUp) },
    { call: 'secrets/put', at: 2, times: 2, fault: UNAVAILABLE },
  )
  expect(await put(workspace, 4)).toEqual([200, undefined, 503, 200])
  expect(keysOf(workspace)).toEqual(['k1', 'k2', 'k4'])
  // The second one should apply to two requests, but the first one responded to one of them.
  expect(script.left).toMatchObject([{ times: 2 }])
})

test('after a fault without a response, the next one applies', async () => {
  const waits: number[] = []
  const sleep = (ms: number): Promise<void> => Promise.resolve(void waits.push(ms))
  const [workspace] = await startWith(
    { times: Infinity, fault: late({ ms: 20, sleep }) },
    { call: 'secrets/put', at: 2, fault: UNAVAILABLE },
  )
  expect(await put(workspace, 2)).toEqual([200, 503])
  expect(waits).toEqual([20, 20, 20, 20])
})

// Otherwise a test whose fault never occurs would prove nothing, and succeed.
test('a script reports the faults that have not occurred', async () => {
  const never: ScriptedFault = { call: 'secrets/delete', times: Infinity, fault: UNAVAILABLE }
  const half: ScriptedFault = { call: 'secrets/put', times: 2, fault: UNAVAILABLE }
  const always: ScriptedFault = { call: 'secrets/scopes/list', times: Infinity, fault: UNAVAILABLE }
  const [workspace, script] = await startWith(never, half, always)
  expect(script.left).toEqual([never, half, always])
  await put(workspace, 1)
  expect(script.left).toEqual([never, half])
})

test('parallel requests are counted in order', async () => {
  const [workspace] = await startWith({ call: 'secrets/put', at: 3, times: 4, fault: UNAVAILABLE })
  const puts = Array.from({ length: 10 }, (_, n) =>
    posting(workspace)('secrets/put', { scope: 's', key: `k${n}`, string_value: 'v' }),
  )
  await Promise.all(puts)
  const statuses = workspace.requests.to('secrets/put').map(({ status }) => status)
  expect(statuses.filter((status) => status === 503)).toHaveLength(4)
  expect(keysOf(workspace)).toHaveLength(6)
})

// Otherwise errors of authentication could not be tested.
test('a fault can apply to a path, such as the token endpoint', async () => {
  const [workspace] = await startWith({ call: '/oidc/v1/token', fault: UNAVAILABLE })
  expect((await postForm(workspace, '/oidc/v1/token', {})).status).toBe(503)
  expect((await getting(workspace)('secrets/scopes/list')).status).toBe(200)

  const github = closing(await EmulatedGitHub.start({ subject: 'repo:o/r:ref:refs/heads/main' }))
  github.intercept(new FaultScript([{ call: '/token', at: 2, fault: before(hangUp) }]).play)
  expect(await outcomeOf(github.url, { path: '/token' })).toMatchObject({ status: 401 })
  expect(await outcomeOf(github.url, { path: '/token' })).toMatchObject({ failure: 'ECONNRESET' })

  const tenantId = '00000000-0000-4000-8000-000000000001'
  const entra = closing(await EmulatedEntra.start({ tenantId, apps: [] }))
  entra.intercept(new FaultScript([{ call: `/${tenantId}/oauth2/token`, fault: UNAVAILABLE }]).play)
  expect((await postForm(entra, `/${tenantId}/oauth2/token`, {})).status).toBe(503)
})

test.each([{ at: 0 }, { at: 1.5 }, { at: NaN }, { times: 0 }, { times: -1 }, { times: 2.5 }])(
  'a script that would befall nothing is refused: %j',
  (place) => {
    expect(() => new FaultScript([{ ...place, fault: UNAVAILABLE }])).toThrow(RangeError)
  },
)

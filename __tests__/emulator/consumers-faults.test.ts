/** That what goes wrong on purpose befalls reads of clusters, jobs and others as it does the calls for secrets. */
import { expect, test } from '@jest/globals'
import { CONSUMERS_CALL_NAMES } from '../../emulator/consumers/consumers-api.js'
import { FaultScript } from '../../emulator/fault-script.js'
import { hangUp } from '../../emulator/faults.js'
import { before } from '../../emulator/interceptors.js'
import { refusal } from '../../emulator/refusals.js'
import { Throttle } from '../../emulator/throttle.js'
import { lineOf } from '../../emulator/transcript.js'
import type { EmulatedWorkspace } from '../../emulator/workspace.js'
import { ONE_OF_EACH, reading, REQUESTS } from './consumers-reading.js'
import { authorization, getting, send, start } from './wire.js'

const startWithAll = (): Promise<EmulatedWorkspace> => start({ consumers: { content: ONE_OF_EACH } })

// What is lost if these fail: a test would break another call than it says, and pass.
test.each(CONSUMERS_CALL_NAMES)('%s: a script refuses it, and no other call', async (name) => {
  const workspace = await startWithAll()
  const script = new FaultScript([{ call: name, fault: before(refusal(503)) }])
  workspace.intercept(script.play)
  const statuses = []
  for (const other of CONSUMERS_CALL_NAMES) {
    const { status } = await reading(workspace)(REQUESTS[other])
    statuses.push([other, status])
  }
  expect(statuses).toEqual(CONSUMERS_CALL_NAMES.map((other) => [other, other === name ? 503 : 200]))
  expect(script.left).toEqual([])
  expect(workspace.requests.to(name)).toHaveLength(1)
})

test('a script counts the gets of single resources', async () => {
  const workspace = await startWithAll()
  workspace.consumers.add({ pipelines: [{ pipeline_id: 'pl-2' }] })
  const script = new FaultScript([{ call: 'pipelines/*', at: 2, fault: before(hangUp) }])
  workspace.intercept(script.play)
  expect(await reading(workspace)('2.0/pipelines/pl-1')).toMatchObject({ status: 200 })
  await expect(reading(workspace)('2.0/pipelines/pl-2')).rejects.toThrow('fetch failed')
})

test('a rate limit counts these calls and those for secrets together', async () => {
  const workspace = await startWithAll()
  workspace.intercept(new Throttle({ perSecond: 2, clock: () => 0 }).play)
  expect(await reading(workspace)('2.1/clusters/list')).toMatchObject({ status: 200 })
  expect(await getting(workspace, 'root')('secrets/scopes/list')).toMatchObject({ status: 200 })
  expect(await reading(workspace)('2.2/jobs/list')).toMatchObject({
    status: 429,
    body: { error_code: 'REQUEST_LIMIT_EXCEEDED' },
  })
})

test.each(CONSUMERS_CALL_NAMES)('%s: an unknown token is refused, and a write has no call', async (name) => {
  const workspace = await startWithAll()
  expect((await reading(workspace, 'nobody')(REQUESTS[name])).status).toBe(403)
  const headers = authorization('root')
  const write = await send(workspace, `/api/${REQUESTS[name]}`, { method: 'POST', headers, body: '{}' })
  expect(write).toMatchObject({ status: 404, body: { error_code: 'ENDPOINT_NOT_FOUND' } })
})

test('a token that is limited to the Secrets API reads none of them', async () => {
  const identity = { token: 'fake-token-of-limited', name: 'limited@example.com', admin: true }
  const workspace = await start({ identities: [{ ...identity, apiScopes: ['secrets'] }] })
  expect((await reading(workspace, 'limited')('2.0/apps')).status).toBe(403)
})

// Lost otherwise: a transcript, which may be public, would have the ids and names of a workspace.
test('a transcript has the paths and parameters of these calls, and no id', async () => {
  const workspace = await startWithAll()
  await reading(workspace)('2.1/clusters/list?filter_by.cluster_sources=UI')
  await reading(workspace)('2.0/pipelines/pl-1')
  await reading(workspace)('2.0/serving-endpoints/chat')
  const lines = workspace.requests.all.map((record, n) => lineOf(record, n))
  expect(lines.map(({ path }) => path)).toEqual([
    '/api/2.1/clusters/list',
    '/api/2.0/pipelines/*',
    '/api/2.0/serving-endpoints/*',
  ])
  expect(lines[0]?.query).toEqual({ 'filter_by.cluster_sources': 'string' })
  expect(JSON.stringify(lines)).not.toMatch(/pl-1|chat|storage/)
})

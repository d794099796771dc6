import { beforeEach, expect, test } from '@jest/globals'

import { FaultScript } from '../../emulator/fault-script.js'
import { hangUp, reset } from '../../emulator/faults.js'
import { after, before, worksOnlyFor } from '../../emulator/interceptors.js'
import { refusal } from '../../emulator/refusals.js'
import { redirect } from '../../emulator/reply.js'
import { STRANGE_ANSWERS } from '../../emulator/strange-answers.js'
import { CLIENT_ID, signInTo, startWorld } from './sign-in/service-principal.js'
import { syncTo } from './sync-step.js'
import { workspace } from './workspace-of-test.js'

/** Wrong reports that the fault test found. */

beforeEach(() => {
  workspace.store.createScope('storage')
})

const OPEN = 'The write may or may not have been applied'

// If this fails, a secret that may have been written is reported as not sent.
test('a request that was sent once is not reported as not sent when all requests fail later', async () => {
  workspace.intercept(new FaultScript([{ call: 'secrets/put', times: Infinity, fault: after(reset) }]).play)
  const secrets = Array.from({ length: 4 }, (_, n) => `k${n}=fake-value-${n}`).join('\n')
  const step = await syncTo(workspace, { secrets, concurrency: '4', 'retry-timeout-seconds': '1' })
  expect([step.exitCode, step.outputs['failed']]).toEqual([1, '["k0","k1","k2","k3"]'])
  expect(step.log).not.toContain('Not sent')
  expect(step.summary).toContain('**4 keys failed:** `k0`, `k1`, `k2`, `k3`')
  expect(step.summary.match(new RegExp(OPEN, 'g'))).toHaveLength(1)
})

// If this fails, a put that was applied is reported as failed.
test('a write that gets a redirect may have been applied', async () => {
  workspace.intercept(new FaultScript([{ call: 'secrets/put', fault: after(redirect('/done')) }]).play)
  const step = await syncTo(workspace)
  expect([step.exitCode, step.log]).toEqual([1, expect.stringContaining(OPEN)])
})

// If this fails, a permission that was set is reported as not set.
test('permissions that were set and cannot be read back are reported as set', async () => {
  workspace.intercept(
    new FaultScript([{ call: 'secrets/acls/list', at: 2, fault: before(refusal(403)) }]).play,
  )
  const inputs = {
    secrets: '',
    'secret-envs': 'blob=BLOB',
    permissions: 'data-team=READ',
    'if-exists': 'keep',
  }
  workspace.store.scope('storage').put('blob', 'fake-value')
  const step = await syncTo(workspace, inputs, { env: { BLOB: 'fake-value' } })
  expect([step.exitCode, step.outputs['changed']]).toEqual([1, 'true'])
  expect(step.log).toContain('"data-team": Set, but it could not be read back to verify it.')
})

// If this fails, the authentication error hides that the secret may have been written.
test('a write that lost its connection, and then gets no token, may have been applied', async () => {
  const world = await startWorld()
  const script = new FaultScript([
    {
      call: 'secrets/put',
      fault: () => {
        world.workspace.tokens.revokeAll()
        return reset
      },
    },
    { call: '/oidc/v1/token', at: 2, times: Infinity, fault: before(refusal(401)) },
  ])
  world.workspace.intercept(script.play)
  const inputs = {
    'client-id': CLIENT_ID,
    'client-secret': world.clientSecret,
    'retry-timeout-seconds': '60',
  }
  const step = await signInTo(world, inputs)
  await world.close()
  expect([step.exitCode, step.log]).toEqual([1, expect.stringContaining(OPEN)])
  expect(step.log).toContain('Signing in with oauth-m2m failed')
})

// If this fails, a gateway that closes its idle connections delays a run by minutes.
test('kept-alive connections that the server closed are not tried one by one', async () => {
  workspace.intercept(worksOnlyFor(1, hangUp))
  const secrets = Array.from({ length: 20 }, (_, n) => `k${n}=fake-value-${n}`).join('\n')
  const step = await syncTo(workspace, { secrets, 'retry-timeout-seconds': '60' })
  expect([step.exitCode, step.log]).toEqual([0, expect.stringContaining('20 created')])
  // Two lists and twenty puts, and one more for each kept-alive connection.
  expect(workspace.requests.all.length).toBeLessThan(80)
})

// If this fails, the scope looks empty: prune deletes nothing, and all keys are reported as created.
test('a list whose bytes are not UTF-8 is not read as an empty list', async () => {
  workspace.store.scope('storage').put('old', 'fake-value')
  const list = before(STRANGE_ANSWERS['bytes that are no UTF-8'])
  workspace.intercept(new FaultScript([{ call: 'secrets/list', fault: list }]).play)
  const step = await syncTo(workspace, { prune: 'true' })
  expect([step.exitCode, step.log]).toEqual([
    1,
    expect.stringContaining('Stopped before anything was written'),
  ])
  expect(workspace.store.scope('storage').secrets).toHaveLength(1)
})

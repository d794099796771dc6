import { afterEach, describe, expect, test } from '@jest/globals'

import { EmulatedWorkspace } from '../../../emulator/workspace.js'
import { callsOf, NO_OUTPUTS, syncTo } from '../sync-step.js'

let workspace: EmulatedWorkspace

afterEach(async () => {
  await workspace.close()
})

const READS = ['1 secrets/list', '1 secrets/scopes/list']

describe.each(['premium', 'standard'] as const)('verify on the %s plan', (plan) => {
  // Each written value is verified, and no other value is read.
  test('reads every written key back once', async () => {
    workspace = await EmulatedWorkspace.start({ plan })
    workspace.store.createScope('storage', { secrets: { there: 'x', kept: 'y' } })
    const { exitCode, outputs, log, summary } = await syncTo(workspace, {
      secrets: 'there=fake-a\nkept=fake-b',
      'if-exists': 'update',
      verify: 'true',
    })
    expect(exitCode).toBe(0)
    expect(callsOf(workspace)).toEqual([...READS, '2 secrets/get', '2 secrets/put'])
    expect(outputs).toEqual({ ...NO_OUTPUTS, changed: 'true', updated: '["there","kept"]' })
    for (const text of [log, summary])
      expect(text).toContain('Verified: 2 written values were read back and match.')
  })

  test('reads no other key', async () => {
    workspace = await EmulatedWorkspace.start({ plan })
    workspace.store.createScope('storage', { secrets: { there: 'x' } })
    await syncTo(workspace, { secrets: 'there=fake-a\nnew=fake-b', 'if-exists': 'keep', verify: 'true' })
    expect(workspace.requests.to('secrets/get').map(({ query }) => query.get('key'))).toEqual(['new'])
  })
})

describe('verify', () => {
  // If this fails, the log says that values were read back although they were not.
  test.each([
    ['plans only', { verify: 'true', 'dry-run': 'true' }],
    ['writes nothing', { verify: 'true', 'if-exists': 'keep' }],
  ])('is not mentioned by a run in which it %s', async (_, inputs) => {
    workspace = await EmulatedWorkspace.start()
    workspace.store.createScope('storage', { secrets: { blob: 'fake-old-value' } })
    const { exitCode, log, summary } = await syncTo(workspace, inputs)
    expect(exitCode).toBe(0)
    expect(log + summary).not.toContain('Verified')
  })

  test('fails only a key that reads back as another value', async () => {
    workspace = await EmulatedWorkspace.start()
    workspace.store.createScope('storage')
    // Another job writes the key between the put and the read of this run.
    workspace.intercept(({ path, query }) => {
      if (path.endsWith('/secrets/get') && query.get('key') === 'b') {
        workspace.store.scope('storage').put('b', 'theirs')
      }
      return undefined
    })
    const { exitCode, outputs, log } = await syncTo(workspace, {
      secrets: 'a=fake-a\nb=fake-b\nc=fake-c',
      verify: 'true',
    })
    expect(exitCode).toBe(1)
    expect(outputs).toEqual({ ...NO_OUTPUTS, changed: 'true', created: '["a","c"]', failed: '["b"]' })
    expect(log).toMatch(/Error: b: Written, but the workspace returns another value or none/)
    expect(log).toContain('Verified: 2 of 3 written values were read back and match.')
  })

  // The step must not succeed without the verification.
  test('fails after one try if reads are refused', async () => {
    workspace = await EmulatedWorkspace.start({ readsRefused: true })
    workspace.store.createScope('storage', { secrets: { old: 'x' } })
    const { exitCode, outputs, log } = await syncTo(workspace, {
      secrets: 'a=fake-a\nb=fake-b',
      verify: 'true',
      prune: 'true',
    })
    expect(exitCode).toBe(1)
    expect(callsOf(workspace)).toEqual(['1 secrets/get', ...READS, '2 secrets/put'].sort())
    expect(outputs).toEqual({ ...NO_OUTPUTS, changed: 'true', failed: '["a","b","old"]' })
    expect(log).toMatch(/Error: a, b: Written, but it could not be read back to verify it\./)
    expect(log).toContain('There, use neither verify nor if-exists: compare.')
    expect(log).toContain('2 not verified, 1 not deleted')
  })
})

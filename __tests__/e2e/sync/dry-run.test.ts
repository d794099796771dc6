import { afterEach, describe, expect, test } from '@jest/globals'

import { EmulatedWorkspace } from '../../../emulator/workspace.js'
import { callsOf, NO_OUTPUTS, stored, syncTo } from '../sync-step.js'

let workspace: EmulatedWorkspace

afterEach(async () => {
  await workspace.close()
})

const READS = ['1 secrets/list', '1 secrets/scopes/list']

describe.each(['premium', 'standard'] as const)('a dry run on the %s plan', (plan) => {
  // A dry run must not write anything.
  test('reports what would be done, and does nothing', async () => {
    workspace = await EmulatedWorkspace.start({ plan })
    workspace.store.createScope('storage', { secrets: { there: 'old', extra: 'old' } })
    const { exitCode, log, outputs, summary } = await syncTo(workspace, {
      secrets: 'there=fake-new\nnew=fake-new',
      prune: 'true',
      'dry-run': 'true',
    })
    expect(exitCode).toBe(0)
    expect(callsOf(workspace)).toEqual(READS)
    expect(stored(workspace)).toEqual({ there: 'old', extra: 'old' })
    expect(outputs).toEqual({
      ...NO_OUTPUTS,
      changed: 'true',
      created: '["new"]',
      updated: '["there"]',
      deleted: '["extra"]',
    })
    expect(log).toMatch(
      /^ {2}will be deleted {2}extra\n {2}will be created {2}new\n {2}will be updated {2}there$/m,
    )
    expect(log).toContain('Dry run, nothing was written: 1 to create, 1 to update, 1 to delete')
    expect(summary).toContain('### 📋 Databricks secrets: `storage` (dry run)')
    expect(summary).toContain('| `extra` | 🗑️ will be deleted |')
    expect(summary).not.toContain('dbutils')
  })

  test('of a missing scope does not create it', async () => {
    workspace = await EmulatedWorkspace.start({ plan })
    const { exitCode, log, outputs, summary } = await syncTo(workspace, { 'dry-run': 'true' })
    expect(exitCode).toBe(0)
    expect(callsOf(workspace)).toEqual(READS)
    expect(workspace.store.scopes).toEqual([])
    expect(outputs).toEqual({ ...NO_OUTPUTS, 'scope-created': 'true', changed: 'true', created: '["blob"]' })
    expect(log).toContain('Scope           storage (missing, will be created)')
    expect(summary).toContain('the scope will be created')
  })
})

describe('a dry run', () => {
  // A job for pull requests should not be able to write.
  test('needs only READ, also to compare', async () => {
    workspace = await EmulatedWorkspace.start()
    workspace.store.createScope('storage', {
      acls: { 'ada@example.com': 'READ' },
      secrets: { same: 'fake-same', other: 'fake-old' },
    })
    const { exitCode, outputs } = await syncTo(workspace, {
      secrets: 'same=fake-same\nother=fake-new',
      'dry-run': 'true',
      'if-exists': 'compare',
    })
    expect(exitCode).toBe(0)
    expect(outputs).toEqual({ ...NO_OUTPUTS, changed: 'true', updated: '["other"]', unchanged: '["same"]' })
    expect(callsOf(workspace)).toEqual([...READS, '2 secrets/get'])
  })

  test('says that there is nothing to do', async () => {
    workspace = await EmulatedWorkspace.start()
    workspace.store.createScope('storage', { secrets: { blob: 'fake-value' } })
    const { log, outputs } = await syncTo(workspace, { 'dry-run': 'true', 'if-exists': 'compare' })
    expect(outputs).toEqual({ ...NO_OUTPUTS, unchanged: '["blob"]' })
    expect(log).toContain('Dry run, nothing was written: 1 unchanged')
  })

  // If the run after the merge would refuse the plan, the dry run must show that before.
  test('fails for a plan that would be refused', async () => {
    workspace = await EmulatedWorkspace.start()
    workspace.store.createScope('storage', { secrets: { a: 'old', b: 'old' } })
    const { exitCode, log } = await syncTo(workspace, {
      'dry-run': 'true',
      prune: 'true',
      'prune-limit': '1',
    })
    expect(exitCode).toBe(1)
    expect(log).toContain('add these keys to prune-exclude: a, b.')
    expect(log).toContain('Stopped before anything was written')
  })
})

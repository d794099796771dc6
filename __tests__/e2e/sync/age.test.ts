import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

import { json } from '../../../emulator/reply.js'
import { EmulatedWorkspace } from '../../../emulator/workspace.js'
import { callsOf, NO_OUTPUTS, syncTo } from '../sync-step.js'

let workspace: EmulatedWorkspace

const READS = ['1 secrets/list', '1 secrets/scopes/list']
const DAY_MS = 86_400_000

beforeEach(async () => {
  workspace = await EmulatedWorkspace.start()
  const scope = workspace.store.createScope('storage')
  scope.put('theirs', 'x', Date.now() - 400 * DAY_MS)
  scope.put('blob', 'fake-value', Date.now() - 100.5 * DAY_MS)
  scope.put('fresh', 'x', Date.now() - 2 * DAY_MS)
})

afterEach(async () => {
  await workspace.close()
})

describe('max-age-days', () => {
  // A weekly workflow can list the secrets to rotate, with a token that can only read.
  test('without secrets only reports', async () => {
    workspace.store.scope('storage').acls.set('users', 'READ')
    const { exitCode, outputs, log, summary, annotations } = await syncTo(workspace, {
      secrets: '',
      'max-age-days': '90',
    })
    expect(exitCode).toBe(0)
    expect(callsOf(workspace)).toEqual(READS)
    expect(outputs).toEqual({ ...NO_OUTPUTS, stale: '["theirs","blob"]' })
    expect(annotations.map(({ level }) => level)).toEqual(['notice', 'warning'])
    expect(log).toContain(
      '2 keys were last updated more than 90 days ago: theirs (400 days), blob (100 days).',
    )
    expect(log).toContain('3 keys in the scope, 2 of them stale')
    expect(summary).toContain('| `theirs` | not in the map | 400 days ago ⚠️ |')
    expect(summary).toContain('| `fresh` | not in the map | 2 days ago |')
  })

  // The error must not ask for more permissions than this needs.
  test('that is refused names the required permission, and says that nothing was written', async () => {
    workspace.store.scope('storage').acls.clear()
    const { exitCode, log } = await syncTo(workspace, { secrets: '', 'max-age-days': '90' })
    expect(exitCode).toBe(1)
    expect(log).toContain('grant READ to the identity of this run, with databricks secrets put-acl.')
    expect(log).toContain('Stopped before anything was written')
  })

  // Other tools write keys with folders. Their ages matter too, and their names are safe to print.
  test('reports a key in a folder, and writes nothing', async () => {
    workspace.store.scope('storage').addFound('folder/KEY', 'x', Date.now() - 400.5 * DAY_MS)
    const { exitCode, outputs, log, annotations } = await syncTo(workspace, { 'max-age-days': '90' })
    expect(exitCode).toBe(0)
    expect(JSON.parse(outputs['stale'] ?? '')).toContain('folder/KEY')
    expect(log).toContain('folder/KEY  (400 days old, stale)')
    expect(annotations.map(({ message }) => message).join()).not.toContain('not told here')
    expect(workspace.store.scope('storage').secret('folder/KEY')).toBeDefined()
  })

  test('counts the keys whose names are not safe to print', async () => {
    workspace.store.scope('storage').put('fake-token-of-ada', 'x')
    const { log } = await syncTo(workspace, { secrets: '', 'max-age-days': '90' })
    expect(log).toContain('storage (exists, 4 keys)')
    expect(log).toContain('4 keys in the scope, 2 of them stale, 1 of unknown age')
  })

  // If the workspace reports no times, the keys must not look up to date.
  test('names the keys of unknown age', async () => {
    const ahead = Date.now() + 2 * DAY_MS
    const times = [undefined, '1', 0, -1, ahead]
    const secrets = times.map((time, index) => ({ key: `k${index}`, last_updated_timestamp: time }))
    workspace.intercept(({ path }) => (path.endsWith('/secrets/list') ? json(200, { secrets }) : undefined))
    const { exitCode, annotations, log } = await syncTo(workspace, { secrets: '', 'max-age-days': '90' })
    expect(exitCode).toBe(0)
    expect(annotations.map(({ level, message }) => [level, message])).toEqual([
      ['notice', expect.stringContaining('only reports')],
      [
        'warning',
        expect.stringContaining('does not report when 5 keys were last updated: k0, k1, k2, k3, k4'),
      ],
    ])
    // "0 stale" would be a guess.
    expect(log).toContain('5 keys in the scope, 5 of unknown age (')
    expect(log).not.toContain('0 of them stale')
  })

  test('for a missing scope does not advise to create it', async () => {
    const { log } = await syncTo(workspace, {
      scope: 'other',
      'create-scope': 'false',
      secrets: '',
      'max-age-days': '90',
    })
    expect(log).toContain('no keys to report on')
    expect(log).not.toContain('create-scope: true')
  })

  test('for a missing scope fails, and creates nothing', async () => {
    const { exitCode, log } = await syncTo(workspace, { scope: 'other', secrets: '', 'max-age-days': '90' })
    expect(exitCode).toBe(1)
    expect(log).toContain('no keys to report on')
    expect(workspace.store.has('other')).toBe(false)
  })

  // Keys that this run wrote have no age. Unchanged keys keep their age.
  test('reports the keys that this run did not write', async () => {
    const compared = await syncTo(workspace, { 'if-exists': 'compare', 'max-age-days': '90' })
    expect(compared.outputs).toMatchObject({ unchanged: '["blob"]', stale: '["blob","theirs"]' })
    expect(compared.annotations.map(({ level }) => level)).toEqual(['warning'])
    const dry = await syncTo(workspace, { 'dry-run': 'true', 'max-age-days': '90' })
    expect(dry.outputs['stale']).toBe('["blob","theirs"]')
    const put = await syncTo(workspace, { 'max-age-days': '90' })
    expect(put.outputs['stale']).toBe('["theirs"]')
    expect(put.summary).toContain('| `blob` | ✏️ updated | now |')
  })

  // A deleted key has no age.
  test('reports no age of a key that this run deleted', async () => {
    const inputs = { prune: 'true', 'max-age-days': '90', secrets: 'blob=fake-value\nfresh=fake' }
    const { summary, log } = await syncTo(workspace, { ...inputs, 'if-exists': 'compare' })
    expect(summary).toContain('| `theirs` | 🗑️ deleted | – |')
    expect(log).toContain('\n1 updated, 1 unchanged, 1 deleted; 1 stale key (')
  })

  // Such a run resets the age of every key, so no key is ever reported as stale.
  test('says what if-exists: update does to ages', async () => {
    const { annotations } = await syncTo(workspace, { 'max-age-days': '500' })
    expect(annotations.map(({ level, message }) => [level, message.slice(0, 26)])).toEqual([
      ['notice', 'With if-exists: update, ev'],
    ])
  })

  test('refuses ninety', async () => {
    const { exitCode, log } = await syncTo(workspace, { 'max-age-days': 'ninety' })
    expect(exitCode).toBe(1)
    expect(log).toContain('Error: max-age-days: must be a whole number from 1 to 3,650, in digits.')
    expect(workspace.requests.all).toEqual([])
  })
})

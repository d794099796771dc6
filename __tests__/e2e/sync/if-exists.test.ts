import { randomBytes } from 'node:crypto'

import { afterEach, describe, expect, test } from '@jest/globals'

import { apiError } from '../../../emulator/reply.js'
import { EmulatedWorkspace } from '../../../emulator/workspace.js'
import { callsOf, everythingSaid, NO_OUTPUTS, stored, syncTo } from '../sync-step.js'

let workspace: EmulatedWorkspace

afterEach(async () => {
  await workspace.close()
})

const READS = ['1 secrets/list', '1 secrets/scopes/list']
const MAP = 'same=fake-same\nother=fake-new\nnew=fake-new'

async function start(options: Parameters<typeof EmulatedWorkspace.start>[0] = {}): Promise<void> {
  workspace = await EmulatedWorkspace.start(options)
  workspace.store.createScope('storage', { secrets: { SAME: 'fake-same', other: 'fake-old', theirs: 'x' } })
}

describe.each(['premium', 'standard'] as const)('on the %s plan', (plan) => {
  // An unnecessary write looks like a rotation in the audit log, and may restart a job.
  test('compare writes what differs, and a second run writes nothing', async () => {
    await start({ plan })
    const first = await syncTo(workspace, { secrets: MAP, 'if-exists': 'compare' })
    expect(first.exitCode).toBe(0)
    expect(callsOf(workspace)).toEqual([...READS, '2 secrets/get', '2 secrets/put'])
    expect(first.outputs).toEqual({
      ...NO_OUTPUTS,
      changed: 'true',
      created: '["new"]',
      updated: '["other"]',
      unchanged: '["same"]',
    })
    expect(first.log).toContain('1 created, 1 updated, 1 unchanged')
    expect(stored(workspace)).toEqual({ SAME: 'fake-same', other: 'fake-new', theirs: 'x', new: 'fake-new' })

    workspace.requests.reset()
    const second = await syncTo(workspace, { secrets: MAP, 'if-exists': 'compare' })
    expect(callsOf(workspace)).toEqual([...READS, '3 secrets/get'])
    expect(second.outputs).toEqual({ ...NO_OUTPUTS, unchanged: '["same","other","new"]' })
    expect(second.log).toContain('Nothing to write: 3 unchanged')
  })

  test('keep writes missing keys, and reads no value', async () => {
    await start({ plan })
    const { exitCode, outputs } = await syncTo(workspace, { secrets: MAP, 'if-exists': 'keep' })
    expect(exitCode).toBe(0)
    expect(callsOf(workspace)).toEqual([...READS, '1 secrets/put'].sort())
    expect(outputs).toEqual({ ...NO_OUTPUTS, changed: 'true', created: '["new"]', kept: '["same","other"]' })
    expect(stored(workspace)).toMatchObject({ other: 'fake-old', new: 'fake-new' })
  })

  test('update writes every key, and reads no value', async () => {
    await start({ plan })
    const { outputs, log, summary } = await syncTo(workspace, { secrets: MAP })
    expect(callsOf(workspace)).toEqual([...READS, '3 secrets/put'])
    expect(outputs).toEqual({
      ...NO_OUTPUTS,
      changed: 'true',
      created: '["new"]',
      updated: '["same","other"]',
    })
    // If this fails, the report says that values were read back although `verify` is off.
    expect(log + summary).not.toContain('Verified')
  })
})

describe('keep', () => {
  // A repository may have a secret "production" outside the map. A key with this name must still be recognized, not overwritten.
  test('leaves alone a key of the map whose name contains a value', async () => {
    workspace = await EmulatedWorkspace.start()
    workspace.store.createScope('storage', { secrets: { 'db-production': 'fake-old' } })
    const { outputs, annotations } = await syncTo(workspace, {
      secrets: '{"DB-PRODUCTION":"fake-new","STAGE":"production","github_token":"fake-github-token"}',
      include: 'DB-*',
      'key-case': 'lower',
      'if-exists': 'keep',
    })
    expect(outputs).toEqual({ ...NO_OUTPUTS, kept: '["db-production"]' })
    expect(stored(workspace)).toEqual({ 'db-production': 'fake-old' })
    expect(annotations).toEqual([])
  })
})

describe('compare', () => {
  // A value that is the same only after decoding would never be written.
  test('compares bytes, not text', async () => {
    workspace = await EmulatedWorkspace.start()
    const bytes = Buffer.concat([randomBytes(64), Buffer.from([0xff, 0xfe])])
    workspace.store.createScope('storage', {
      secrets: { blank: 'fake', bytes, replaced: bytes.toString(), crlf: 'fake\nfake' },
    })
    const { outputs } = await syncTo(workspace, {
      secrets: `blank:=${JSON.stringify('fake ')}\nreplaced:="fake"\ncrlf:=${JSON.stringify('fake\r\nfake')}`,
      'if-exists': 'compare',
    })
    expect(outputs['updated']).toBe('["blank","replaced","crlf"]')
  })

  // If a workspace refuses reads, the secrets must still be written, without a thousand refused requests.
  test.each([
    ['outside of a notebook', { readsRefused: true }],
    ['without READ', {}],
  ])('writes every key if reads are refused %s', async (why, options) => {
    await start(options)
    if (why === 'without READ') {
      workspace.intercept(({ path }) =>
        path.endsWith('/secrets/get') ? apiError(403, 'PERMISSION_DENIED', 'No READ here.') : undefined,
      )
    }
    const { exitCode, outputs, annotations } = await syncTo(workspace, {
      secrets: MAP,
      'if-exists': 'compare',
    })
    expect(exitCode).toBe(0)
    expect(callsOf(workspace)).toEqual(['1 secrets/get', ...READS, '3 secrets/put'].sort())
    expect(outputs).toEqual({
      ...NO_OUTPUTS,
      changed: 'true',
      created: '["new"]',
      updated: '["same","other"]',
    })
    expect(annotations.map(({ level }) => level)).toEqual(['notice'])
    expect(annotations[0]?.message).toContain('The values of 2 keys could not be compared (same, other)')
  })

  // A successful dry run would wrongly say that all keys will change.
  test.each([
    [401, 'UNAUTHENTICATED'],
    [403, '403'],
  ])(
    'of a dry run whose token is refused (%s) in the middle is red, and has no plan',
    async (status, code) => {
      await start()
      workspace.intercept(({ path, query }) =>
        path.endsWith('/secrets/get') && query.get('key') !== 'same'
          ? apiError(status, code, 'Not you.')
          : undefined,
      )
      const { exitCode, outputs, log } = await syncTo(workspace, {
        secrets: MAP,
        'if-exists': 'compare',
        'dry-run': 'true',
      })
      expect(exitCode).toBe(1)
      expect(outputs).toEqual(NO_OUTPUTS)
      expect(log).toContain('The token may have expired')
      expect(log).toContain('Stopped before anything was written')
    },
  )

  test('also writes a key whose value could not be read', async () => {
    await start()
    workspace.intercept(({ path, query }) =>
      path.endsWith('/secrets/get') && query.get('key') === 'same'
        ? apiError(404, 'FEATURE_DISABLED', 'Not today.')
        : undefined,
    )
    const { exitCode, outputs, annotations } = await syncTo(workspace, {
      secrets: MAP,
      'if-exists': 'compare',
    })
    expect(exitCode).toBe(0)
    expect(outputs).toMatchObject({ created: '["new"]', updated: '["same","other"]', unchanged: '[]' })
    expect(annotations).toHaveLength(1)
  })

  // The value in the scope is a secret too, but it has no mask.
  test('shows nothing of the values that it read', async () => {
    await start()
    const old = `fake-${randomBytes(12).toString('hex')}`
    workspace.store.scope('storage').put('other', old)
    const step = await syncTo(workspace, { secrets: MAP, 'if-exists': 'compare', verify: 'true' })
    expect(step.exitCode).toBe(0)
    expect(everythingSaid(step)).not.toContain(old)
    expect(everythingSaid(step)).not.toContain(Buffer.from(old).toString('base64'))
  })
})

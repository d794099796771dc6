import { writeFile } from 'node:fs/promises'
import path from 'node:path'

import { describe, expect, test } from '@jest/globals'

import { folder } from '../folder-of-test.js'
import { expectRefused } from '../refused-step.js'
import { workspace } from '../schema/schema-step.js'
import { everythingSaid } from '../sync-step.js'
import { MAP, scopeValues, syncConfig, THREE, writes } from './config-step.js'

const TOKEN = 'fake-token-of-ada'

/** A file with one scope. */
const one = (fields: string): string => `version: 1\nscopes:\n  storage:\n${fields}`

const BLOB = '    secrets:\n      blob: BLOB_KEY\n'

// If this fails, the link of the error leads to a section without its message.
test('a word that is no permission has the link of permissions', async () => {
  const { log } = await syncConfig(one(`${BLOB}    permissions:\n      team: REED\n`))
  expect(log).toMatch(/docs\/troubleshooting\.md#permissions-input$/m)
})

describe('an error in a config file', () => {
  test('is found in all targets at once, and links to its heading', async () => {
    const file = `${one('    secrets:\n      blob: NOT_THERE\n    verify: x\n')}schemas:\n  a.b:\n    secrets:\n      a.b: BLOB_KEY\n`
    const step = await syncConfig(file)
    expectRefused(workspace, step, ...['config, line 6', 'config, line 5', 'config, line 10'])
    expect(step.log).toContain('#config-file')
    for (const value of Object.values(MAP)) expect(everythingSaid(step)).not.toContain(value)
  })
})

describe('the map of a run with a config file', () => {
  // The token of the job and the secrets of other workflows are in it.
  test('may be the whole secrets context, without include', async () => {
    const { exitCode } = await syncConfig(THREE, {
      secrets: JSON.stringify({ ...MAP, github_token: 'fake-job-token' }),
    })
    expect(exitCode).toBe(0)
    expect(Object.values(scopeValues('storage') ?? {})).not.toContain('fake-job-token')
  })

  test('is masked as a whole, with values that no target writes', async () => {
    const { stdout } = await syncConfig(THREE)
    for (const value of Object.values(MAP)) expect(stdout).toContain(`::add-mask::${value}\n`)
  })

  test('is masked after an error, also where it has the wrong form', async () => {
    const { stdout } = await syncConfig(THREE, { secrets: 'blob=fake-line-value' })
    expect(stdout).toContain('::add-mask::fake-line-value\n')
    const other = await syncConfig(THREE, { 'secret-envs': 'a=OTHER' }, { env: { OTHER: 'fake-env-value' } })
    expect(other.stdout).toContain('::add-mask::fake-env-value\n')
  })

  // A later step may print them.
  test('is masked after an error in the file, with the values of its variables and files', async () => {
    const entries = '    envs: { pin: PIN }\n    files: { tls-key: { from: tls.pem } }\n'
    await writeFile(path.join(folder, 'tls.pem'), 'fake-tls-key')
    const step = await syncConfig(one(`${entries}    prun: true\n`), {}, { env: { PIN: 'fake-pin' } })
    expectRefused(workspace, step, 'config, line 6, column 5: unknown field')
    expect(step.masks).toEqual(expect.arrayContaining([MAP.UNUSED, 'fake-pin', 'fake-tls-key']))
  })

  // With a map that GitHub hides from this job, prune must not delete all secrets.
  test('deletes nothing if its names are not visible', async () => {
    workspace.store.createScope('storage', { secrets: { blob: 'x', other: 'x' } })
    const file = one(`${BLOB}    prune: true\n    prune-limit: 1000\n`)
    expect((await syncConfig(file, { secrets: '{"github_token":"fake-job-token"}' })).exitCode).toBe(1)
    expect(workspace.requests.all).toEqual([])
  })

  test('never prunes the names that were left out of a selection', async () => {
    workspace.store.createScope('storage', { secrets: { MINE: 'x', old: 'x' } })
    const { exitCode } = await syncConfig(one('    include: ["*"]\n    prune: true\n'), {
      secrets: JSON.stringify({ BLOB_KEY: 'fake-blob-value', MINE: TOKEN }),
    })
    expect(exitCode).toBe(0)
    expect(Object.keys(scopeValues('storage') ?? {})).toEqual(['MINE', 'BLOB_KEY'])
  })
})

describe('what has no effect', () => {
  test('is a notice: an unused variable, and a default that no target has', async () => {
    const { exitCode, annotations } = await syncConfig(
      one(BLOB).replace('version: 1', 'version: 1\ndefaults:\n  owner: platform-team'),
      { 'config-variables': 'team=blue' },
    )
    expect(exitCode).toBe(0)
    expect(annotations.filter(({ level }) => level === 'notice').map(({ message }) => message)).toEqual([
      'config, line 3, column 10: owner: has no effect, because the file has no target that it applies to.',
      'config-variables, line 1: the config file does not use this variable.',
    ])
  })
})

describe('the precedence of options', () => {
  const precedence = (defaults: string, target: string): string =>
    one(`${BLOB}${target}`).replace('version: 1', `version: 1\n${defaults}`)

  test.each<
    [what: string, defaults: string, target: string, inputs: Record<string, string>, deletes: boolean]
  >([
    ['the target', 'defaults:\n  prune: false', '    prune: true\n', { prune: 'false' }, true],
    [
      'the target, although others delete',
      'defaults:\n  prune: true',
      '    prune: false\n',
      { prune: 'true' },
      false,
    ],
    ['defaults', 'defaults:\n  prune: true', '', { prune: 'false' }, true],
    ['the input', '', '', { prune: 'true' }, true],
    [
      'the target for a number',
      'defaults:\n  prune-limit: 0',
      '    prune: true\n    prune-limit: 1\n',
      {},
      true,
    ],
    [
      'the target for a list',
      'defaults:\n  prune-exclude: [old]',
      '    prune: true\n    prune-exclude: [x*]\n',
      {},
      true,
    ],
    [
      'defaults for a list',
      'defaults:\n  prune-exclude: [old]',
      '    prune: true\n',
      { 'prune-exclude': 'x*' },
      false,
    ],
    ['the input for a list', '', '    prune: true\n', { 'prune-exclude': 'old' }, false],
  ])('is that of %s', async (_, defaults, target, inputs, deletes) => {
    workspace.store.createScope('storage', { secrets: { old: 'x' } })
    const { exitCode } = await syncConfig(precedence(defaults, target), inputs)
    expect(exitCode).toBe(0)
    expect(Object.keys(scopeValues('storage') ?? {})).toEqual(deletes ? ['blob'] : ['old', 'blob'])
  })

  test('is that of the input for a choice', async () => {
    workspace.store.createScope('storage', { secrets: { blob: 'x' } })
    await syncConfig(one(BLOB), { 'if-exists': 'keep' })
    expect(scopeValues('storage')).toEqual({ blob: 'x' })
  })

  // The permissions of scopes and schemas have other names, and give other access.
  test('does not give permissions to a target of the other kind', async () => {
    workspace.catalogs.schema('main.storage')
    const { exitCode } = await syncConfig(THREE, {
      permissions: 'auditors=READ',
      'permissions-exact': 'true',
    })
    expect(exitCode).toBe(0)
    expect(workspace.store.content('storage').acls).toEqual({ 'ada@example.com': 'MANAGE', auditors: 'READ' })
    expect(writes().filter((write) => write.startsWith('PATCH permissions'))).toEqual([])
  })
})

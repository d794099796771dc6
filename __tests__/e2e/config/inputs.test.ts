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
  // A position without a file, or of the map that nobody sees, does not help.
  test.each<[what: string, file: string, error: string, inputs?: Record<string, string>]>([
    [
      'a name that the map does not have',
      one('    secrets:\n      blob: NOT_THERE\n'),
      'config, line 5, column 13: the map of the step has no such name',
    ],
    [
      'an option of a target',
      one(`${BLOB}    prune-limit: x\n`),
      'config, line 6, column 18: prune-limit: must be a whole number',
    ],
    [
      'an option of defaults, once for all targets',
      THREE.replace('version: 1', 'version: 1\ndefaults:\n  prune-limit: x'),
      'config, line 3, column 16: prune-limit: must be a whole number',
    ],
    [
      'a permission of the other kind',
      one(`${BLOB}    permissions:\n      team: READ SECRET\n`),
      'config, line 7, column 7: permissions: READ SECRET is a privilege on a schema',
    ],
    [
      'a word that is no permission, without the form of the input',
      one(`${BLOB}    permissions:\n      team: REED\n`),
      'config, line 7, column 7: permissions: not a permission. Write READ, WRITE or MANAGE after the principal.',
    ],
    [
      'a misspelled field, as a question',
      one(`${BLOB}    permission:\n      team: READ\n`),
      'config, line 6, column 5: unknown field. Did you mean permissions?',
    ],
    [
      'a permission of an entry',
      'version: 1\nschemas:\n  a.b:\n    secrets:\n      blob: { from: BLOB_KEY, permissions: { team: READ } }\n',
      'config, line 5, column 46: permissions: READ is a permission on a scope',
    ],
    [
      'a file that is missing',
      one('    files:\n      blob: no-file\n'),
      'config, line 5, column 13: the file does not exist',
    ],
    [
      'a variable that is missing',
      one('    envs:\n      blob: NO_VARIABLE\n'),
      'config, line 5, column 13: ',
    ],
    [
      'a key that Unity Catalog does not allow',
      'version: 1\nschemas:\n  a.b:\n    secrets:\n      a.b: BLOB_KEY\n',
      'config, line 5, column 12: the key contains a period',
    ],
    [
      'a key that is too long for a scope',
      one(`    secrets:\n      ${'k'.repeat(129)}: BLOB_KEY\n`),
      'config, line 5, column 138: the key has more than 128 characters, the limit of a secret scope',
    ],
    [
      'a key that contains a value of the map that no target writes',
      one(`    secrets:\n      ${MAP.UNUSED}: BLOB_KEY\n`),
      'config, line 5, column 26: the key contains a value of this map',
    ],
    [
      'a value that is empty',
      one('    secrets:\n      blob: EMPTY\n'),
      'config, line 5, column 13: the value is empty',
      { secrets: '{"EMPTY":""}' },
    ],
    [
      'a selected value that is empty, by its name in the map',
      one('    include: [EMP*]\n'),
      'secrets, EMPTY (line 1, column 2): the value is empty',
      { secrets: '{"EMPTY":""}' },
    ],
    [
      'a pattern without a match',
      one('    include: [NOTHING_*]\n'),
      'config, line 4, column 15: include: the pattern matches no name',
    ],
    [
      'an unknown variable',
      'version: 1\nscopes:\n  ${team}:\n    max-age-days: 3\n',
      'config, line 3, column 3: config-variables has no variable of this name',
    ],
    [
      'a credential in the name of a target, by a variable',
      'version: 1\nscopes:\n  ${team}:\n    secrets: { blob: BLOB_KEY }\n',
      'config, line 3, column 3: the name of the target contains a credential',
      { 'config-variables': `team=${TOKEN}` },
    ],
    [
      'a credential in a principal, by a variable',
      one(`${BLOB}    permissions:\n      \${team}: READ\n`),
      'config, line 7, column 7: permissions: the principal contains a credential',
      { 'config-variables': `team=${TOKEN}` },
    ],
    [
      'a credential in an option that is sent',
      `version: 1\nschemas:\n  a.b:\n    secrets: { blob: BLOB_KEY }\n    owner: ${TOKEN}\n`,
      'config, line 5, column 12: owner: contains a credential',
    ],
    [
      'a credential in a comment of an entry',
      `version: 1\nschemas:\n  a.b:\n    secrets: { blob: { from: BLOB_KEY, comment: ${TOKEN} } }\n`,
      'config, line 4, column 49: comment: contains a credential',
    ],
    [
      'a key that a credential is in',
      one(`    secrets:\n      ${TOKEN}: BLOB_KEY\n`),
      'config, line 5, column 26: the key contains a value of this map or a credential',
    ],
    [
      'a secret that is a credential of this run',
      one('    secrets:\n      blob: MINE\n'),
      'config, line 5, column 13: the value of this name is a credential of this run',
      { secrets: JSON.stringify({ MINE: TOKEN }) },
    ],
    [
      'permissions-exact without any permission',
      one(`${BLOB}    permissions-exact: true\n`),
      'config, line 6, column 24: permissions-exact: needs the input permissions',
    ],
    ['a file that is missing itself', '', 'config: the file does not exist', { config: 'other.yml' }],
    ['an empty file', '', 'config, line 1, column 1: the file must be a mapping with version and targets'],
    [
      'no map',
      one(BLOB),
      'secrets: the config file names secrets of the map of the step, but there is none',
      { secrets: '' },
    ],
    [
      'a map of lines',
      one(BLOB),
      'secrets: with config, this must be a JSON object',
      { secrets: 'blob=fake-line-value' },
    ],
    [
      'an empty map',
      one(BLOB),
      'config, line 5, column 13: the map of the step has no such name',
      { secrets: '{}' },
    ],
    [
      'config-variables without config',
      THREE,
      'config-variables: has no effect without config',
      { config: '', scope: 'storage', 'config-variables': 'team=blue' },
    ],
    ['a scope', THREE, 'scope: not used with config', { scope: 'storage' }],
    ['a schema', THREE, 'schema: not used with config', { schema: 'main.storage' }],
    ['secret-envs', THREE, 'secret-envs: not used with config', { 'secret-envs': 'a=HOME' }],
    ['secret-files', THREE, 'secret-files: not used with config', { 'secret-files': 'a=secrets.yml' }],
    ['include', THREE, 'include: not used with config', { include: '*' }],
  ])('names %s', async (_, file, error, inputs = {}) => {
    const step = await syncConfig(file, inputs)
    expectRefused(workspace, step, error)
    for (const value of [...Object.values(MAP), TOKEN]) expect(everythingSaid(step)).not.toContain(value)
  })

  test('is found in all targets at once, and links to its heading', async () => {
    const file = `${one('    secrets:\n      blob: NOT_THERE\n    verify: x\n')}schemas:\n  a.b:\n    secrets:\n      a.b: BLOB_KEY\n`
    const step = await syncConfig(file)
    expectRefused(workspace, step, ...['config, line 6', 'config, line 5', 'config, line 10'])
    expect(step.log).toContain('#config-file')
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
  test.each([
    ['names', '    secrets:\n      blob: BLOB_KEY\n'],
    ['patterns', '    include: [BLOB_*]\n'],
  ])('deletes nothing if its %s are not visible', async (_, fields) => {
    workspace.store.createScope('storage', { secrets: { blob: 'x', other: 'x' } })
    for (const secrets of ['{}', '{"github_token":"fake-job-token"}', '']) {
      const { exitCode } = await syncConfig(one(`${fields}    prune: true\n    prune-limit: 1000\n`), {
        secrets,
      })
      expect(exitCode).toBe(1)
    }
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

  test('is that of the input for a choice, and the file cannot set what concerns the run', async () => {
    workspace.store.createScope('storage', { secrets: { blob: 'x' } })
    await syncConfig(one(BLOB), { 'if-exists': 'keep' })
    expect(scopeValues('storage')).toEqual({ blob: 'x' })
    for (const input of ['dry-run', 'concurrency'])
      expectRefused(
        { requests: { all: [] } } as never,
        await syncConfig(one(`${BLOB}    ${input}: 1\n`)),
        'config, line 6, column 5: this is an input of the step',
      )
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

import { writeFile } from 'node:fs/promises'
import path from 'node:path'

import { describe, expect, test } from '@jest/globals'

import { folder } from '../../e2e/folder-of-test.js'
import { expectInputErrors, readStep, type ReadStep } from '../read-step.js'

const TOKEN = 'fake-token-of-ada'

/** The map of the step. */
const MAP = { BLOB_KEY: 'fake-blob-value', TLS_KEY: 'fake-tls-value', UNUSED: 'fake-unused-value' }

/** A file with one scope. */
const one = (fields: string): string => `version: 1\nscopes:\n  storage:\n${fields}`

const BLOB = '    secrets:\n      blob: BLOB_KEY\n'

const THREE = `version: 1
scopes:
  storage: { secrets: { blob: BLOB_KEY, tls-key: TLS_KEY } }
  reporting: { include: [TLS_*] }
schemas:
  main.storage: { secrets: { blob: BLOB_KEY } }
`

/** Reads the inputs of a step with this config file. */
async function readConfig(text: string, inputs: Record<string, string>): Promise<ReadStep> {
  await writeFile(path.join(folder, 'secrets.yml'), text)
  const config = { scope: '', config: 'secrets.yml', secrets: JSON.stringify(MAP) }
  return await readStep({ with: { ...config, ...inputs }, workspace: folder })
}

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
    [
      'a field that concerns the run',
      one(`${BLOB}    dry-run: 1\n`),
      'config, line 6, column 5: this is an input of the step',
    ],
    [
      'a number that concerns the run',
      one(`${BLOB}    concurrency: 1\n`),
      'config, line 6, column 5: this is an input of the step',
    ],
  ])('names %s', async (_, file, error, inputs = {}) => {
    const step = await readConfig(file, inputs)
    expectInputErrors(step, error)
    // A value in an error would be in the log.
    for (const value of [...Object.values(MAP), TOKEN]) expect(step.messages.join()).not.toContain(value)
  })
})

// With a map that GitHub hides from this job, prune must not delete all secrets.
test.each([
  ['names', BLOB, '{}'],
  ['names', BLOB, '{"github_token":"fake-job-token"}'],
  ['names', BLOB, ''],
  ['patterns', '    include: [BLOB_*]\n', '{}'],
  ['patterns', '    include: [BLOB_*]\n', '{"github_token":"fake-job-token"}'],
  ['patterns', '    include: [BLOB_*]\n', ''],
])('nothing is deleted if %s are not visible: %j, %j', async (_, fields, secrets) => {
  const file = one(`${fields}    prune: true\n    prune-limit: 1000\n`)
  expect((await readConfig(file, { secrets })).inputs).toBeUndefined()
})

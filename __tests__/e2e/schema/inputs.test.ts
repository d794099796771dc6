import { writeFileSync } from 'node:fs'
import path from 'node:path'

import { describe, expect, test } from '@jest/globals'

import { folder } from '../folder-of-test.js'
import { expectRefused } from '../refused-step.js'
import { syncToSchema, workspace } from './schema-step.js'

const PERIOD =
  'the key contains a period, which Unity Catalog does not allow in the name of a secret. Rename the key'

describe('refused before the first request', () => {
  test.each([
    ['scope together with schema', { scope: 'storage' }, 'schema: cannot be set together with scope.'],
    ['neither scope nor schema', { schema: '' }, 'scope: not set. Give the name of the secret scope, or'],
    ['a schema without its catalog', { schema: 'storage' }, 'schema: must be catalog.schema'],
    ['the name of a secret', { schema: 'main.storage.blob' }, 'schema: must be catalog.schema'],
    [
      'a period in backticks',
      { schema: 'main.`my.storage`' },
      'schema: must be catalog.schema: the names of a catalog and of a schema in it, separated by a period. A name has up to ' +
        '248 characters, without periods, slashes and spaces, also in backticks',
    ],
    ['a schema with a space', { schema: 'main.my storage' }, 'schema: must be catalog.schema'],
    ['create-scope', { 'create-scope': 'false' }, 'create-scope: is only for a secret scope. Remove it'],
    [
      'initial-manage-principal',
      { 'initial-manage-principal': 'users' },
      'initial-manage-principal: is only for a secret scope. Remove it',
    ],
    [
      'owner with a scope',
      { schema: '', scope: 's', owner: 'g' },
      'owner: is only for a schema of Unity Catalog.',
    ],
    [
      'comment with a scope',
      { schema: '', scope: 's', comment: 'c' },
      'comment: is only for a schema of Unity',
    ],
    [
      'expire-after-days with a scope',
      { schema: '', scope: 's', 'expire-after-days': '3' },
      'expire-after-days: is only for a schema of Unity Catalog.',
    ],
    ['0 days', { 'expire-after-days': '0' }, 'expire-after-days: must be a whole number from 1 to 3,650'],
    ['a period in a key', { secrets: 'a.b=fake' }, `secrets, line 1: ${PERIOD}.`],
    [
      'a period in a name of a map',
      { secrets: '{"a.b":"fake"}' },
      `secrets, a.b (line 1, column 2): ${PERIOD}, for example with key-case: snake.`,
    ],
    [
      'a period in the prefix of keys',
      { secrets: '{"a":"fake"}', 'key-prefix': 'x.' },
      `secrets, a (line 1, column 2): ${PERIOD}.`,
    ],
    [
      'a large value',
      { secrets: `a=${'x'.repeat(61_441)}` },
      'secrets, line 1: the value is larger than 61,440 bytes',
    ],
    ['the same key in another case', { secrets: 'a=fake-1\nA=fake-2' }, 'secrets, line 2: same key as'],
    [
      'a key that is a value in lower case',
      { secrets: 'FAKEVALUE=fakevalue' },
      'secrets, line 1: the key contains a value',
    ],
    [
      'a credential as comment',
      { comment: 'fake-token-of-ada' },
      'comment: contains a credential of this run',
    ],
  ])('%s', async (_, inputs, message) => {
    expectRefused(workspace, await syncToSchema(inputs), message)
  })

  test('a value that is no text, with the cure', async () => {
    writeFileSync(path.join(folder, 'keystore'), Buffer.from([0xff, 0xfe, 0]))
    const step = await syncToSchema({ secrets: '', 'secret-files': 'k=keystore' }, { workspace: folder })
    expectRefused(workspace, step, 'secret-files, line 1: the value is not text in UTF-8')
    expect(step.log).toContain('Store its base64 text in an earlier step')
    expect(step.log).toContain('base64.b64decode')
  })
})

test('a value of 61,440 bytes is written', async () => {
  expect((await syncToSchema({ secrets: `a=${'x'.repeat(61_440)}` })).exitCode).toBe(0)
})

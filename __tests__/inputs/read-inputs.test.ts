import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import path from 'node:path'

import { describe, expect, test } from '@jest/globals'

import type { InputName } from '../../src/inputs/input-definitions.js'
import { folder } from '../e2e/folder-of-test.js'
import { expectInputErrors, maskedMessages, masksOf, readStep, type ReadStep } from './read-step.js'

function fakeValue(): string {
  return `fake-${randomBytes(9).toString('hex')}`
}

describe('the inputs', () => {
  test.each<[string, Record<string, string>, Record<string, string>, string]>([
    ['no host', { host: '' }, {}, 'host: not set'],
    // A token that was pasted here would be sent to the DNS as a host name.
    ['a host without a dot', { host: 'x-fake' }, {}, 'host: not a workspace address'],
    [
      'http to another machine',
      { host: 'http://x.cloud.databricks.com' },
      {},
      'host: does not start with https://',
    ],
    ['user info in the host', { host: 'https://a:fake@x.example' }, {}, 'host: contains a user name'],
    [
      'the account console',
      { host: 'https://accounts.cloud.databricks.com' },
      {},
      'host: is the address of the account console',
    ],
    ['a workspace id that is none', { 'workspace-id': 'a b' }, {}, 'workspace-id: not a workspace id'],
    [
      'a workspace id that is too long',
      { 'workspace-id': '1'.repeat(129) },
      {},
      'workspace-id: not a workspace id',
    ],
    [
      'a token for a workspace id',
      { 'workspace-id': 'fake-token-of-ada' },
      {},
      'workspace-id: contains a credential of this run',
    ],
    [
      'a workspace id of a variable that is none',
      {},
      { DATABRICKS_WORKSPACE_ID: 'a/c' },
      'DATABRICKS_WORKSPACE_ID: not a workspace id',
    ],
    ['no token', { token: '' }, {}, 'token: not set'],
    ['a token with a line break', { token: 'fake\r\nx-fake: y' }, {}, 'token: contains a space'],
    ['a token with its scheme', { token: 'Bearer fake' }, {}, 'token: contains a space'],
    ['no scope', { scope: ' ' }, {}, 'scope: not set'],
    [
      'a key of 129 characters',
      { secrets: `${'k'.repeat(129)}=v` },
      {},
      'secrets, line 1: the key has more than 128',
    ],
    ['a scope of 129 characters', { scope: 's'.repeat(129) }, {}, 'scope: has more than 128'],
    // The name is printed, and the runner would run the command in it.
    ['a scope with a command', { scope: 'a##[error]x-fake' }, {}, 'scope: contains two number signs'],
    ['a scope of two lines', { scope: 'a\nb' }, {}, 'scope: contains a control character'],
    ['a boolean that is none', { 'create-scope': 'yes' }, {}, 'create-scope: must be true or false'],
    ['an empty boolean', { summary: '' }, {}, 'summary: must be true or false'],
    [
      'an unknown principal',
      { 'initial-manage-principal': 'admins' },
      {},
      'initial-manage-principal: must be auto, users or creator',
    ],
    ['no secret', { secrets: '' }, {}, 'secrets: no secret is named'],
    // Node would print the requests with the token, before the masks are registered.
    ['debug output of Node', {}, { NODE_DEBUG: 'http,net' }, 'NODE_DEBUG: set'],
    [
      'keys of TLS in a file',
      {},
      { NODE_OPTIONS: '--tls-keylog=/dev/null' },
      'NODE_OPTIONS: contains --tls-keylog',
    ],
    [
      'a proxy that cannot be read',
      {},
      { HTTPS_PROXY: 'http://u:x-fake%ss@h' },
      'HTTPS_PROXY: not a valid address of a proxy',
    ],
    [
      'checks of certificates switched off',
      {},
      { NODE_TLS_REJECT_UNAUTHORIZED: '0' },
      'NODE_TLS_REJECT_UNAUTHORIZED: ',
    ],
  ])('are refused: %s', async (_, inputs, env, beginning) => {
    const step = await readStep({ with: inputs, env })
    expectInputErrors(step, beginning)
    expect(step.messages.join()).not.toMatch(/fake@|x-fake/)
  })

  // The runner passes on unknown inputs, and fills in the default of the input that was meant. The run would write and delete.
  test.each<[string, Record<string, string>, string[]]>([
    ['misspelt', { dryrun: 'true' }, ['dryrun: the action has no such input. Did you mean dry-run?']],
    ['spelled with an underscore', { dry_run: 'true' }, ['dry_run: ']],
    ['misspelt, beside other errors', { 'dry-rnu': 'true', verify: 'yes' }, ['dry-rnu: ', 'verify: ']],
    [
      'misspelt, several of them',
      { dryrun: 'true', 'prune-exlude': 'x-fake', purne_limit: '1' },
      ['dryrun: ', 'prune-exlude: ', 'purne_limit: '],
    ],
    ['required, and misspelt', { sope: 'x-fake', scope: '' }, ['sope: ', 'scope: not set']],
  ])('are refused: one that is %s', async (_, inputs, beginnings) => {
    const step = await readStep({ with: { prune: 'true', ...inputs } })
    expectInputErrors(step, ...beginnings)
    expect(step.messages.join()).not.toContain('x-fake')
  })

  // Host and scope are printed, and the host is sent to the DNS, so a token there would be public.
  test.each<[string, Record<string, string>, Record<string, string>, string[]]>([
    [
      'a host that holds the token',
      { host: 'https://fake-token-of-ada.cloud.databricks.com' },
      {},
      ['host: contains a credential of this run'],
    ],
    [
      'a host of a variable that holds the token',
      { host: '' },
      { DATABRICKS_HOST: 'https://x.example/?t=fake-token-of-ada' },
      ['host: contains a credential of this run'],
    ],
    [
      'a scope that holds the token',
      { scope: 'my-fake-token-of-ada' },
      {},
      ['scope: contains a credential of this run'],
    ],
    [
      'a scope that is the token',
      { scope: 'fake-token-of-ada' },
      {},
      ['scope: contains a credential of this run'],
    ],
    [
      'the token as host, and the host as token',
      { host: 'fake-token-of-ada', token: 'https://x.cloud.databricks.com' },
      {},
      ['host: not a workspace address'],
    ],
    // With its dots, it looks like a name.
    [
      'a token of OAuth as host, and the host as token',
      { host: `fake.token-of.${'fake'.repeat(16)}`, token: 'https://x.cloud.databricks.com' },
      {},
      ['host: not a workspace address'],
    ],
  ])('are refused: %s, and it is not shown', async (_, inputs, env, beginnings) => {
    const step = await readStep({ with: inputs, env })
    expectInputErrors(step, ...beginnings)
    expect(step.messages.join()).not.toMatch(/token-of|of-ada/)
  })

  // Some people use a part of a certificate as a key, and every user of the workspace can read keys.
  test.each([
    ['a line', { 'fake-line-two': 'fake-line-one\nfake-line-two' }],
    ['a string of JSON', { 'fake-leaf': '{"a":["fake-leaf"]}' }],
    ['what stands between quotes', { 'fake-quoted': "'fake-quoted'" }],
  ])('are refused: a key that contains %s of a value, and it is not shown', async (_, map) => {
    const step = await readStep({ with: { secrets: JSON.stringify(map) } })
    expectInputErrors(step, 'secrets, ')
    expect(step.messages.join()).toContain('the key contains a value of this map')
    expect(step.messages.join()).not.toMatch(/fake-(?:line|leaf|quoted)/)
  })
})

const PERIOD =
  'the key contains a period, which Unity Catalog does not allow in the name of a secret. Rename the key'

describe('the inputs of a schema are refused', () => {
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
    expectInputErrors(await readStep({ with: { scope: '', schema: 'main.storage', ...inputs } }), message)
  })
})

describe('a placeholder', () => {
  // The step would succeed, and later a login would fail with the password "null".
  test.each(['null', 'undefined', '[object Object]', 'Object', '***'])(
    'stops the run, and the message is not garbled by its mask: %s',
    async (value) => {
      const secrets = `blob=fake-value\nkey:=${JSON.stringify(value)}`
      const step = await readStep({ with: { secrets } })
      expectInputErrors(step, 'secrets, line 2: the value is')
      expect(masksOf(step)).not.toContain(value)
      expect(maskedMessages(step)).toEqual(step.messages)
    },
  )
})

describe('secrets-file', () => {
  // An invalid file may still contain secrets, and errors are public.
  test.each([
    ['broken JSON', 'a.json', (value: string) => `{"B":"${value}",`],
    ['a map of Vault', 'a.json', (value: string) => `{"data":{"${value}":"${value}"}}`],
    ['a value as a name', 'a.json', (value: string) => `{"${value}":null,"A":"${value}"}`],
    ['quotes without an end', '.env', (value: string) => `B="${value}`],
    ['a value alone', '.env', (value: string) => `A='\n${value}`],
    ['a key without its quotes', '.env', (value: string) => `A=-----BEGIN\n${value}\n${value}==`],
    ['a tail of base64', '.env', (value: string) => `A=fake\n${value.replaceAll('-', '')}==`],
    ['bytes that are not UTF-8', '.env', (value: string) => Buffer.from(`A=${value}\u00e9`, 'latin1')],
    ['an unknown ending', 'map.txt', (value: string) => `A=${value}`],
  ])('shows nothing of %s', async (_, name, contentFor) => {
    const value = fakeValue()
    writeFileSync(path.join(folder, name), contentFor(value))
    const step = await readStep({ with: { secrets: '', 'secrets-file': name }, workspace: folder })
    expect(step.inputs).toBeUndefined()
    expect(step.messages[0]).toMatch(/^secrets-file/)
    for (let at = 5; at + 8 <= value.length; at++) {
      expect(step.messages.join()).not.toContain(value.slice(at, at + 8))
    }
  })
})

describe('the inputs of the map', () => {
  // Without these errors, the action would copy too many secrets, or none, without a message.
  test.each<[Record<string, string>, string]>([
    [{ include: 'B*' }, 'include, line 1: the pattern matches no name'],
    [{ exclude: '# all but\n\nB' }, 'exclude, line 3: the pattern matches no name'],
    [{ exclude: '[AB]' }, 'exclude, line 1: not a pattern'],
    [{ 'key-strip-prefix': 'B_' }, 'key-strip-prefix: no selected name'],
    [{ 'key-case': 'Kebab' }, 'key-case: must be keep, lower, upper, kebab or snake'],
    [{ 'key-prefix': 'team/' }, 'key-prefix: must be'],
    [{ exclude: '*' }, 'secrets: the JSON object contains no secret'],
    [{ secrets: 'A_KEY=fake', include: 'A' }, 'include: applies only to the names of a JSON or dotenv map'],
  ])('are refused: %j', async (inputs, beginning) => {
    const step = await readStep({ with: { secrets: '{"A_KEY":"fake-value"}', ...inputs } })
    expectInputErrors(step, beginning)
  })
})

// This is how docker/build-push-action (issue 210) printed parts of keys as names of secrets.
describe('a secret that is pasted into the lines', () => {
  const BASE64 = Buffer.from('fake '.repeat(40)).toString('base64')

  test.each([
    [
      'a PEM key',
      '-----BEGIN FAKE KEY-----\nRmFrZQ/RmFr+ZUZh\nRmFrZUZha2VGYWtl\nRmFrZQ==\n-----END FAKE KEY-----',
    ],
    [
      'a PEM key that ends in one =',
      '-----BEGIN FAKE KEY-----\nRmFrZUZha2VGYWtl\nRmFrZUE=\n-----END FAKE KEY-----',
    ],
    ['JSON', JSON.stringify({ fake_a: 'b=c', fake_d: { 'e=f': 1 } }, null, 2)],
    ['JSON without indents', '{\n"fake": "a=b"\n}'],
    ['base64 in lines of 64', BASE64.replace(/.{64}/g, '$&\n')],
    [
      'base64 in lines of 76, with =',
      Buffer.from('fake '.repeat(41)).toString('base64').replace(/.{76}/g, '$&\n'),
    ],
    [
      'base64url in lines',
      Buffer.from('\u00ff\u00fe fake'.repeat(20)).toString('base64url').replace(/.{40}/g, '$&\n'),
    ],
    ['YAML', 'fake:\n  a: b\n  c: d=e'],
  ])('is refused: %s', async (_, value) => {
    for (const secrets of [`k=${value}\nother=fake-other`, `other=fake-other\nk=${value}`]) {
      const step = await readStep({ with: { secrets } })
      expect(step.inputs).toBeUndefined()
      for (const line of value.split('\n').filter((each) => each.length > 3)) {
        expect(step.messages.join('\n')).not.toContain(line)
      }
    }
  })
})

/** Reads the inputs of a step that writes one secret, and some of these. */
async function read(
  inputs: Partial<Record<InputName, string>>,
  env: Record<string, string> = {},
): Promise<ReadStep> {
  return await readStep({ with: { host: 'https://workspace.example', ...inputs }, env })
}

test('a step without errors has typed inputs', async () => {
  const { inputs, errors } = await read({})
  expect(errors).toEqual([])
  expect(inputs?.host.origin).toBe('https://workspace.example')
})

// If this fails, the plan of an older push looks like that of this one, or the token of the job is sent to the wrong server.
describe('after input errors of a dry run with pr-comment, the comment', () => {
  const WRONG = { 'if-exists': 'maybe' }
  const COMMENT = { 'dry-run': 'true', 'pr-comment': 'true', 'github-token': 'fake-github-token' }

  test.each([
    ['of another input', WRONG],
    ['of the credentials', { token: '' }],
    ['of an unused name', { 'key-case': 'other' }],
    ['of dry-run', { 'dry-run': 'yes' }],
  ])('says that there is no plan: %s', async (_, wrong) => {
    const { inputs, errors, commentAfterErrors } = await read({ ...COMMENT, ...wrong })
    expect(inputs).toBeUndefined()
    expect(errors).not.toEqual([])
    expect(commentAfterErrors).toMatchObject({
      host: { origin: 'https://workspace.example' },
      commentKey: ['storage'],
    })
  })

  // The comment of the corrected run would be another one, or the token must not be sent.
  test.each<[string, Partial<Record<InputName, string>>, Record<string, string>]>([
    ['of pr-comment', { 'pr-comment': 'yes' }, {}],
    ['without pr-comment', { ...WRONG, 'pr-comment': 'false' }, {}],
    ['of github-token', { 'github-token': 'fake token' }, {}],
    ['of an empty github-token', { 'github-token': '' }, {}],
    ['of the host', { host: 'ftp://workspace.example' }, {}],
    ['of the workspace id', { 'workspace-id': '1 2' }, {}],
    ['of the scope', { scope: '' }, {}],
    ['of the scope and the schema', { schema: 'main.storage' }, {}],
    ['of the path of the config file', { config: 'no-such.yml', scope: '', secrets: '' }, {}],
    ['of a run that writes', { ...WRONG, 'dry-run': 'false' }, {}],
    ['without certificate checks', WRONG, { NODE_TLS_REJECT_UNAUTHORIZED: '0' }],
    ['with an invalid proxy', WRONG, { https_proxy: 'proxy:3128' }],
  ])('is left alone: %s', async (_, wrong, env) => {
    const { inputs, errors, commentAfterErrors } = await read({ ...COMMENT, ...wrong }, env)
    expect([inputs, commentAfterErrors]).toEqual([undefined, undefined])
    expect(errors).not.toEqual([])
  })
})

/** Expects that the run stops before its first request, with one error that begins like this. */
async function expectRefused(
  inputs: Partial<Record<InputName, string>>,
  beginning: string,
  env: Record<string, string> = {},
): Promise<void> {
  const parsed = await read(inputs, env)
  expect(parsed.inputs).toBeUndefined()
  const errors = parsed.errors.map(({ input, message }) => `${input}: ${message}`)
  expect(errors.map((error) => error.slice(0, beginning.length))).toEqual([beginning])
}

// Otherwise, a job that does not see its secrets would delete all of them, and succeed.
describe('a map without secrets is refused', () => {
  const BARE = '{"github_token": "fake-github-token"}'
  const ENVS = { 'secret-envs': 'blob=BLOB' }
  const ENV = { BLOB: 'fake-value' }
  const PRUNE = { prune: 'true', 'prune-limit': '1000' }

  test.each<[string, Partial<Record<InputName, string>>, string]>([
    [
      'the JSON object of a job that sees no secret',
      { secrets: BARE },
      'secrets: the JSON object contains no secret',
    ],
    ['an empty JSON object', { secrets: '{}' }, 'secrets: the JSON object contains no secret'],
    [
      'it, with a key-prefix',
      { secrets: BARE, 'key-prefix': 'bl' },
      'secrets: the JSON object contains no secret',
    ],
    ['a blank text', { secrets: '\n' }, 'secrets: the input names no secret'],
    // It would be written, and the keys with the prefix would be deleted.
    [
      'none with the prefix',
      { secrets: '', 'key-prefix': 'app-' },
      'key-prefix: no key of the map begins with this',
    ],
  ])('with prune: %s, beside an environment variable', async (_, inputs, beginning) => {
    await expectRefused({ ...ENVS, ...PRUNE, ...inputs }, beginning, ENV)
  })

  // This also applies without prune: the map is not the one that the workflow describes.
  test('without prune, but a blank text is accepted', async () => {
    await expectRefused({ ...ENVS, secrets: BARE }, 'secrets: the JSON object contains no secret', ENV)
    expect((await read({ ...ENVS, secrets: '\n' }, ENV)).errors).toEqual([])
  })

  describe('of a file', () => {
    function fileWith(name: string, text: string): string {
      const file = path.join(folder, name)
      writeFileSync(file, text)
      return file
    }

    test.each([
      ['empty.json', '{}'],
      ['comments.env', '# nothing\n\n'],
      ['bare.json', '{"DATABRICKS_TOKEN": "fake-token-of-ada"}'],
    ])('%s, with lines in another input', async (name, text) => {
      const inputs = { ...PRUNE, 'secrets-file': fileWith(name, text) }
      await expectRefused(inputs, 'secrets-file: the file contains no secret')
    })

    test('with an object of which exclude matches everything', async () => {
      const file = fileWith('map.json', '{"B": "fake-b"}')
      const inputs = { ...PRUNE, secrets: '{"A": "fake-a"}', exclude: 'a', 'secrets-file': file }
      await expectRefused(inputs, 'secrets: the JSON object contains')
    })
  })

  // An unset variable of the repository would rename every key, and the old keys would be deleted.
  test('and so is an empty key-case', async () => {
    const inputs = { ...PRUNE, secrets: '{"API_KEY": "fake-value"}', 'key-case': '' }
    await expectRefused(inputs, 'key-case: must be keep, lower, upper, kebab or snake')
  })

  // The secrets are not visible to the job. A run with these inputs was meant to write them.
  test.each<[InputName, string]>([
    ['verify', 'true'],
    ['if-exists', 'compare'],
    ['permissions', 'data-team=READ'],
    ['key-prefix', 'app-'],
    ['prune', 'true'],
    ['prune-exclude', 'old-*'],
    ['prune-limit', '20'],
    ['initial-manage-principal', 'creator'],
    ['pr-comment', 'true'],
  ])('with max-age-days and %s', async (input, text) => {
    const inputs = { secrets: '', 'max-age-days': '90', 'github-token': 'fake-github-token', [input]: text }
    await expectRefused(inputs, `secrets: no secret is named, and ${input} cannot work without one`)
  })
})

describe('a mistake in the credentials', () => {
  const CLIENT_ID = '00000000-0000-4000-8000-0000000000a1'

  // Otherwise, the step could succeed with the identity of a variable that is left from another step.
  test.each<[string, Partial<Record<InputName, string>>, string]>([
    ['the secret of the client', { 'client-id': CLIENT_ID, 'client-secret': '' }, 'client-id: '],
    [
      'the secret of the Azure application',
      { 'azure-client-id': CLIENT_ID, 'azure-tenant-id': 'fake-tenant', 'azure-client-secret': '' },
      'host: ',
    ],
    ['the id of the client', { 'client-id': '', 'client-secret': 'fake-secret' }, 'client-id: '],
  ])('is an empty input although a variable has a token: %s', async (_, inputs, beginning) => {
    await expectRefused({ token: '', ...inputs }, beginning, { DATABRICKS_TOKEN: 'fake-token' })
  })

  test('is an empty token, which does not mean account-wide federation', async () => {
    const job = {
      ACTIONS_ID_TOKEN_REQUEST_URL: 'https://token.example',
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'fake-request-token',
    }
    const { inputs, errors } = await read({ token: '' }, job)
    expect(inputs).toBeUndefined()
    expect(errors.map(({ message }) => message)).toEqual([
      expect.stringContaining('If token or client-id is set in the workflow, '),
    ])
  })

  // If this fails, the error of the token endpoint does not say that the number is the wrong ID.
  test.each<[string, Partial<Record<InputName, string>>, Record<string, string>]>([
    ['client-id', { 'client-id': '1234567890', 'client-secret': 'fake' }, {}],
    ['client-id', { 'client-id': '1234567890', 'auth-type': 'github-oidc' }, {}],
    ['client-id', { 'client-id': '1234567890' }, {}],
    ['DATABRICKS_CLIENT_ID', {}, { DATABRICKS_CLIENT_ID: '1234567890', DATABRICKS_CLIENT_SECRET: 'fake' }],
    ['azure-client-id', { 'azure-client-id': '1234567890', 'azure-tenant-id': 'fake' }, {}],
  ])('is a number in %s', async (input, inputs, env) => {
    const parsed = await read({ token: '', ...inputs }, env)
    expect(parsed.inputs).toBeUndefined()
    const errors = parsed.errors.map((error) => `${error.input}: ${error.message}`).join('\n')
    expect(errors).toContain(`${input}: is a number`)
    expect(errors).toContain('Use the application ID of the service principal, which is a UUID')
  })

  test.each<[InputName, string]>([
    ['token', '"fake-token-of-ada"'],
    ['client-secret', "'fake-secret'"],
    ['client-id', '`fake-id`'],
  ])('is a pair of quotes around %s, and the text between them is masked', async (input, text) => {
    const inputs = { token: '', 'client-id': CLIENT_ID, [input]: text, 'auth-type': 'oauth-m2m' }
    const { errors, masked } = await read(inputs)
    expect(errors.map((error) => `${error.input}: ${error.message}`)).toContainEqual(
      expect.stringMatching(`^${input}: is in quotes\\.`),
    )
    const credentials = masked.credentials.map((credential) => credential.reveal())
    if (input !== 'client-id') expect(credentials).toContain(text.slice(1, -1))
  })
})

// Otherwise, prune would delete keys that it should keep.
describe('with prune', () => {
  // The keys of lines do not get the prefix: `blob` would be written, and `app-blob` deleted.
  test('a key-prefix that no key of the map has is refused', async () => {
    const inputs = { prune: 'true', 'key-prefix': 'app-' }
    await expectRefused(inputs, 'key-prefix: no key of the map begins with this')
    expect((await read({ ...inputs, secrets: 'APP-blob=fake-value' })).errors).toEqual([])
  })

  test('an invalid pattern is refused with its line', async () => {
    const { inputs, errors } = await read({ prune: 'true', 'prune-exclude': '\n\nold-[ab]' })
    expect(inputs).toBeUndefined()
    expect(errors).toMatchObject([{ input: 'prune-exclude', line: 3 }])
  })

  test('an empty map is refused', async () => {
    for (const more of [{}, { 'max-age-days': '30' }]) {
      await expectRefused({ secrets: '', prune: 'true', ...more }, 'secrets: no secret is named')
    }
  })
})

describe('with max-age-days', () => {
  // A sync that does not see its secrets must not count as a report.
  test('an empty map is refused', async () => {
    const inputs = { secrets: '{"github_token":"fake-github-token"}', 'max-age-days': '90' }
    await expectRefused(inputs, 'secrets: the JSON object contains no secret')
  })

  test.each(['0', '1.5', '-1', 'ninety', '3651', '1e2'])('%s days are refused', async (days) => {
    await expectRefused(
      { 'max-age-days': days },
      'max-age-days: must be a whole number from 1 to 3,650, in digits',
    )
  })
})

test('permissions-exact is refused without permissions', async () => {
  await expectRefused(
    { 'permissions-exact': 'true' },
    'permissions-exact: needs the input permissions, which names no principal',
  )
})

// Other tools write such keys, so a report lists them.
test('a key in a folder is refused', async () => {
  await expectRefused(
    { secrets: 'folder/KEY=fake-value' },
    'secrets: not a line of the map: there is a slash in the key',
  )
})

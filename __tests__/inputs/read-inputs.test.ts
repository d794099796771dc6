import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { afterEach, describe, expect, test } from '@jest/globals'

import { INPUTS, defaultText, type InputName } from '../../src/inputs/input-definitions.js'
import { readInputs, type ParsedInputs } from '../../src/inputs/read-inputs.js'

const environment = process.env

afterEach(() => {
  process.env = environment
})

/** Reads the inputs of a step that writes one secret, as the runner passes them: each with its default, and some of these. */
async function read(
  inputs: Partial<Record<InputName, string>>,
  env: NodeJS.ProcessEnv = {},
): Promise<ParsedInputs> {
  const all: Partial<Record<InputName, string>> = {
    host: 'https://workspace.example',
    token: 'fake-token',
    scope: 'storage',
    secrets: 'blob=fake-value',
    ...inputs,
  }
  const names = Object.keys(INPUTS) as InputName[]
  const variables = names.map((name) => [`INPUT_${name.toUpperCase()}`, all[name] ?? defaultText(name)])
  process.env = { ...env, ...(Object.fromEntries(variables) as NodeJS.ProcessEnv) }
  return await readInputs(process.env)
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
  test.each<[string, Partial<Record<InputName, string>>, NodeJS.ProcessEnv]>([
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
  env: NodeJS.ProcessEnv = {},
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
      const folder = mkdtempSync(path.join(tmpdir(), 'map-'))
      const file = path.join(folder, name)
      writeFileSync(file, text)
      folders.push(folder)
      return file
    }
    const folders: string[] = []

    afterEach(() => {
      for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
    })

    test.each([
      ['empty.json', '{}'],
      ['comments.env', '# nothing\n\n'],
      ['bare.json', '{"DATABRICKS_TOKEN": "fake-token"}'],
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
  test.each<[string, Partial<Record<InputName, string>>, NodeJS.ProcessEnv]>([
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

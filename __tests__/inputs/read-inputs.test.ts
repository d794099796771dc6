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

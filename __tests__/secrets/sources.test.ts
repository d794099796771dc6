import { describe, expect, test } from '@jest/globals'

import { SecretValue } from '../../src/secret-value.js'
import { SELECTION_INPUTS, readSources, SOURCE_INPUTS, type Sources } from '../../src/secrets/sources.js'
import { SCOPE_LIMITS } from '../../src/stores/scope.js'

const NONE = Object.fromEntries(
  [...SOURCE_INPUTS, ...SELECTION_INPUTS].map((input) => [input, '']),
) as Sources
const ENV = { DB_PASSWORD: ' fake\r\npassword ', EMPTY: '', LOST: 'fake-\ufffd' }

function read(sources: Partial<Sources>): { map: [string, string][]; errors: string[] } {
  const context = {
    env: ENV,
    workspace: '.',
    credentials: [new SecretValue('fake-token')],
    limits: SCOPE_LIMITS,
  }
  const { entries, errors } = readSources({ ...NONE, ...sources }, context)
  return {
    map: entries.map(({ key, value }) => [key, value.reveal().toString()]),
    errors: errors.map(({ input, line }) => `${input}:${line ?? ''}`),
  }
}

describe('secret-envs', () => {
  test('reads the variable unchanged', () => {
    expect(read({ 'secret-envs': 'db= DB_PASSWORD \n# comment\n' })).toEqual({
      map: [['db', ' fake\r\npassword ']],
      errors: [],
    })
  })

  // `process.env` also has the names of JavaScript objects: a typo would write the source of a function as the secret.
  test.each(['NOT_THERE', 'constructor', '__proto__', 'toString', ''])('refuses the variable %j', (name) => {
    expect(read({ 'secret-envs': `ok=DB_PASSWORD\nk=${name}` }).errors).toEqual(['secret-envs:2'])
  })

  test('refuses an empty variable', () => {
    expect(read({ 'secret-envs': 'k=EMPTY' }).errors).toEqual(['secret-envs:1'])
  })

  // Bytes that are not UTF-8 are already lost: the step would succeed with wrong bytes.
  test('refuses a variable whose bytes were not UTF-8', () => {
    expect(read({ 'secret-envs': 'k=LOST' }).errors).toEqual(['secret-envs:1'])
    const { onlyMasked } = readSources(
      { ...NONE, 'secret-envs': 'k=LOST' },
      { env: ENV, workspace: '.', credentials: [], limits: SCOPE_LIMITS },
    )
    // A later step prints them like this.
    expect(onlyMasked.map((value) => value.reveal())).toEqual([ENV.LOST])
  })
})

describe('the sources together', () => {
  test('make one map in the order of the inputs', () => {
    expect(
      read({ secrets: 'b=1\na=2', 'secret-envs': 'c=DB_PASSWORD', 'secret-files': 'd=package.json' }).map,
    ).toEqual([
      ['b', '1'],
      ['a', '2'],
      ['c', ' fake\r\npassword '],
      ['d', expect.stringContaining('databricks-secrets-sync')],
    ])
  })

  // Of two values for one key, it would be chance which is written.
  test('must not repeat a key', () => {
    expect(
      read({ secrets: '{"DB":"1"}', 'secret-envs': '\ndb=DB_PASSWORD', 'secret-files': 'Db=package.json' })
        .errors,
    ).toEqual(['secret-envs:2', 'secret-files:1'])
  })

  // Otherwise the user needs one run of the workflow for each error.
  test('report all errors at once, in the order of the lines', () => {
    expect(
      read({ secrets: 'a=\nb: c\nd=\n', 'secret-envs': 'e=NOT_THERE\nf', 'secret-files': 'g=missing' })
        .errors,
    ).toEqual(['secrets:1', 'secrets:2', 'secrets:3', 'secret-envs:1', 'secret-envs:2', 'secret-files:1'])
  })

  // A step that succeeds and writes nothing would hide a mistake in the workflow.
  test('must name at least one secret', () => {
    expect(read({}).errors).toEqual(['secrets:'])
    expect(read({ secrets: '# nothing\n' }).errors).toEqual(['secrets:'])
    expect(read({ secrets: '{}' }).errors).toEqual(['secrets:'])
    expect(read({ secrets: '{"github_token":"fake"}' }).errors).toEqual(['secrets:'])
    expect(read({ secrets: '{"DB_TOKEN":"fake-token"}' }).errors).toEqual(['secrets:'])
  })

  // All users of a workspace can read keys, so a line with key and value swapped would publish the token.
  test('have no key that contains a credential of this run', () => {
    expect(read({ secrets: 'fake-token=1' }).errors).toEqual(['secrets:1'])
  })

  // Nobody sees the lines that an expression makes, so the error has the key, but not if it contains a value.
  test('report an empty secret by its key, but not if the key contains a value', () => {
    const namesIn = (sources: Partial<Sources>): (string | undefined)[] =>
      readSources(
        { ...NONE, ...sources },
        { env: ENV, workspace: '.', credentials: [], limits: SCOPE_LIMITS },
      ).errors.map(({ name }) => name)
    expect(namesIn({ secrets: 'db-password=', 'secret-envs': 'api-key=EMPTY\nlost=NOT_THERE' })).toEqual([
      'db-password',
      'api-key',
      undefined,
    ])
    expect(namesIn({ secrets: 'x-fake-piece=\nfake-piece-2:=null\na=fake-piece' })).toEqual([
      undefined,
      undefined,
    ])
  })

  test('contain no byte that was not UTF-8', () => {
    expect(read({ secrets: 'a=1\nb=fake-\ufffd' }).errors).toEqual(['secrets:2'])
    expect(read({ secrets: '# fake-\ufffd\nb=1' }).errors).toEqual([])
    // Written as an escape, it is intended.
    expect(read({ secrets: 'b:="fake-\\ufffd"' })).toEqual({ map: [['b', 'fake-\ufffd']], errors: [] })
  })
})

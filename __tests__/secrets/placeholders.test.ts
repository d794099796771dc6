import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'

import { SecretValue } from '../../src/secret-value.js'
import { isCommonPlaceholder, isUnresolved, placeholderProblem } from '../../src/secrets/placeholders.js'
import { SELECTION_INPUTS, readSources, SOURCE_INPUTS, type Sources } from '../../src/secrets/sources.js'
import { SCOPE_LIMITS } from '../../src/stores/scope.js'

const NONE = Object.fromEntries(
  [...SOURCE_INPUTS, ...SELECTION_INPUTS].map((input) => [input, '']),
) as Sources

let workspace: string

beforeAll(() => {
  workspace = mkdtempSync(path.join(tmpdir(), 'placeholders-'))
})

afterAll(() => {
  rmSync(workspace, { recursive: true })
})

/** Reads one secret with this value, from each source and in each form that can hold it. */
function everywhere(value: string) {
  writeFileSync(path.join(workspace, 'value'), value)
  writeFileSync(path.join(workspace, 'map.json'), JSON.stringify({ k: value }))
  writeFileSync(path.join(workspace, '.env'), `k='${value}'`)
  const forms: Partial<Sources>[] = [
    { secrets: `k=${value}` },
    { secrets: `k:=${JSON.stringify(value)}` },
    { secrets: JSON.stringify({ k: value }) },
    { 'secret-envs': 'k=VALUE' },
    { 'secret-files': 'k=value' },
    { 'secrets-file': 'map.json' },
    { 'secrets-file': '.env' },
  ]
  const context = { env: { VALUE: value }, workspace, credentials: [], limits: SCOPE_LIMITS }
  return forms.map((form) => readSources({ ...NONE, ...form }, context))
}

function problemOf(value: string | Buffer, input = 'secrets'): string | undefined {
  return placeholderProblem(new SecretValue(value), { input })?.message
}

// Otherwise the job succeeds, and a login fails later with the password "null".
describe('a placeholder', () => {
  test.each([
    'null',
    'undefined',
    '[object Object]',
    'Object',
    '${{ secrets.KEY }}',
    '***',
    'op://vault/item/key',
  ])('is an error in every source and format: %s', (value) => {
    for (const { errors } of everywhere(value)) expect(errors).toHaveLength(1)
  })

  test.each([
    ['null\n', 'placeholder'],
    [' undefined ', 'placeholder'],
    ['Array', 'placeholder'],
    ['[object Promise]', 'placeholder'],
    ['<no value>', 'placeholder'],
    ['<nil>', 'placeholder'],
    ['System.Security.SecureString', 'placeholder'],
    ['********', 'asterisks'],
    ['<sensitive>', 'asterisks'],
    ['${{secrets.A}}-${{ secrets.B }}', 'not evaluated'],
    ['${DB_PASSWORD}', 'not evaluated'],
    ['$(db.password)', 'not evaluated'],
    ['{{ op://vault/item/key }}', '1Password'],
    ['version https://git-lfs.github.com/spec/v1\noid sha256:fake\nsize 5\n', 'Git LFS'],
  ])('says what %j is', (value, message) => {
    expect(problemOf(value)).toContain(message)
  })

  // These may be values.
  test.each([
    'nullable',
    'the null',
    '"null"',
    'Objective',
    'a***',
    '**',
    '$ecret',
    '${{ a',
    'a ${{ b }}',
    '${a}b',
    'shop://a',
    'https://op://',
    'version https://example.com',
    'Encrypted: no',
    'ENC',
    '{{user/name}}',
  ])('is not %j', (value) => {
    expect(problemOf(value)).toBeUndefined()
    expect(isUnresolved(new SecretValue(value))).toBe(false)
  })

  test('is also refused in UTF-16, as Windows PowerShell writes files', () => {
    const text = Buffer.from('\ufeffnull\r\n', 'utf16le')
    expect(problemOf(text, 'secret-files')).toContain('is a placeholder for a missing value')
    expect(problemOf(Buffer.from('\ufefffake', 'utf16le'), 'secret-files')).toBeUndefined()
  })

  // As masks, they would garble the error and the log.
  test('is not masked if it is a common word', () => {
    expect(
      ['null', 'Object', '***', 'fake'].map((each) => isCommonPlaceholder(new SecretValue(each))),
    ).toEqual([true, true, true, false])
  })
})

const SOPS = 'ENC[AES256_GCM,data:ZmFrZQ==,iv:ZmFrZQ==,tag:ZmFrZQ==,type:str]'
const DOTENVX = 'encrypted:BFakeFakeFake/+=='

// Such values may be intended, if their readers have the key.
describe('a value that looks encrypted or like a reference', () => {
  test.each([
    SOPS,
    `{"a":"${SOPS}","sops":{}}`,
    DOTENVX,
    '\0GITCRYPT\0fake',
    '$ANSIBLE_VAULT;1.1;AES256\n6661',
    '!vault |\n  $ANSIBLE_VAULT;1.1;AES256',
    'age-encryption.org/v1\n-> X25519 fake',
    '-----BEGIN AGE ENCRYPTED FILE-----\nfake',
    '-----BEGIN PGP MESSAGE-----\nfake',
    'U2FsdGVkX1fake',
    '{{secrets/scope/key}}',
    '@Microsoft.KeyVault(SecretUri=https://fake)',
    'ref+vault://fake/key',
    'keeper://fake/field/password',
  ])('is written, and its key is reported: %j', (value) => {
    const { errors, unresolved } = readSources(
      { ...NONE, secrets: `plain=fake-value\nk:=${JSON.stringify(value)}` },
      { env: {}, workspace, credentials: [], limits: SCOPE_LIMITS },
    )
    expect(errors).toEqual([])
    expect(unresolved).toEqual(['k'])
  })

  test.each([
    [SOPS, 'sops'],
    [DOTENVX, 'dotenvx'],
  ])('is an error only in a secrets-file: %s', (value, tool) => {
    expect(everywhere(value).map(({ errors }) => errors.length)).toEqual([0, 0, 0, 0, 0, 1, 1])
    expect(problemOf(value, 'secrets-file')).toContain(`encrypted by ${tool}`)
  })
})

// A crash before the masks would not say what is wrong.
test.each(['${{', 'ENC[AES256_GCM,', 'encrypted:', '{{secrets/', '{{', '!vault |'])(
  'eight megabytes after %j are searched like a few bytes',
  (beginning) => {
    for (const filling of ['a', '}', ' ', 'a}}\n']) {
      expect(problemOf(beginning + filling.repeat((8 * 1024 * 1024) / filling.length) + '$')).toBeUndefined()
    }
  },
)

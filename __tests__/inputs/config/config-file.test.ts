import { readFileSync } from 'node:fs'

import { describe, expect, test } from '@jest/globals'

import { readConfigFile } from '../../../src/inputs/config/config-file.js'
import { readConfigVariables } from '../../../src/inputs/config/config-variables.js'
import { locateInConfig, locateOption, optionText } from '../../../src/inputs/config/target-config.js'
import type { TargetConfig } from '../../../src/inputs/config/target-config.js'
import type { TargetOption } from '../../../src/inputs/config/target-fields.js'
import { defaultText, INPUTS } from '../../../src/inputs/input-definitions.js'
import { readNamePatterns } from '../../../src/secrets/name-patterns.js'

const VARIABLES = 'team=blue\nupper=STORAGE\ngroup=data team'

/** Reads a file; each input has its default, but for those given. */
function read(text: string, inputs: Readonly<Record<string, string>> = {}, variables = VARIABLES) {
  const inputText = (option: TargetOption): string =>
    inputs[option] ?? (Object.hasOwn(INPUTS, option) ? defaultText(option) : '')
  return readConfigFile(text, readConfigVariables(variables).variables, inputText)
}

/** The errors as `line:column message`. */
function errorsOf(text: string): string[] {
  return read(text).errors.map(({ line, column, message }) => `${line ?? 0}:${column ?? 0} ${message}`)
}

/** A file with one scope, whose fields begin in line 4, column 5. */
function scope(fields: string): string {
  return `version: 1\nscopes:\n  storage:\n${indent(fields)}`
}

/** The same with one schema. */
function schema(fields: string): string {
  return `version: 1\nschemas:\n  main.storage:\n${indent(fields)}`
}

/** A file with `defaults`, whose fields begin in line 3, column 3. */
function defaults(fields: string): string {
  return `version: 1\ndefaults:\n${indent(fields, 2)}scopes: { a: { secrets: { k: N } } }\nschemas: { a.b: { secrets: { k: N } } }\n`
}

function indent(text: string, by = 4): string {
  return text.replaceAll(/^(?=.)/gm, ' '.repeat(by)) + '\n'
}

function targetOf(text: string, inputs: Readonly<Record<string, string>> = {}): TargetConfig {
  const { targets, errors } = read(text, inputs)
  expect(errors).toEqual([])
  const [target] = targets
  if (target === undefined) throw new Error('no target')
  return target
}

// Somebody with forty targets in a file finds a mistake only by its place, and by what to write.
describe('the error for', () => {
  const SECRETS = 'secrets: { k: N }'
  test.each([
    // The file
    ['an empty file', '', '1:1', 'scopes or schemas are expected'],
    ['blanks', ' \n\n', '1:1', 'scopes or schemas are expected'],
    ['only a comment', '# nothing\n', '1:1', 'scopes or schemas are expected'],
    ['a text', 'a text\n', '1:1', 'scopes or schemas are expected'],
    ['null', 'null\n', '1:1', 'scopes or schemas are expected'],
    ['empty quotes', '""\n', '1:1', 'scopes or schemas are expected'],
    ['a list', '- scopes\n', '1:1', 'scopes or schemas are expected'],
    ['no targets', 'version: 1\n', '1:1', 'The file has neither'],
    ['no version', `scopes: { a: { ${SECRETS} } }`, '1:1', 'Write version: 1'],
    ['another version', `version: 2\nscopes: { a: { ${SECRETS} } }`, '1:10', 'version must be 1'],
    ['an empty version', `version:\nscopes: { a: { ${SECRETS} } }`, '1:1', 'version must be 1'],
    ['a version 1.0', `version: 1.0\nscopes: { a: { ${SECRETS} } }`, '1:10', 'version must be 1'],
    [
      'a misspelt field',
      `version: 1\nscope: { a: { ${SECRETS} } }\nscopes: { b: { ${SECRETS} } }`,
      '2:1',
      'Did you mean scopes?',
    ],
    [
      'an unknown field',
      `version: 1\nteams: {}\nscopes: { a: { ${SECRETS} } }`,
      '2:1',
      'fields here are version, defaults',
    ],
    [
      'a field of a target at the top',
      `version: 1\nprune: true\nscopes: { a: { ${SECRETS} } }`,
      '2:1',
      'into a target, or into defaults',
    ],
    [
      'an input of the step at the top',
      `version: 1\nhost: x\nscopes: { a: { ${SECRETS} } }`,
      '2:1',
      'input of the step',
    ],
    ['a scopes list', 'version: 1\nscopes: [a]\n', '2:9', 'scopes must be a mapping'],
    ['empty scopes', 'version: 1\nscopes:\n', '2:1', 'scopes must be a mapping'],
    ['scopes without a target', 'version: 1\nscopes: {}\n', '2:1', 'scopes has no target'],
    ['text for schemas', 'version: 1\nschemas: main.a\n', '2:10', 'schemas must be a mapping'],
    // YAML
    ['a tab', 'version: 1\nscopes:\n\ta: {}\n', '3:1', 'Indent with spaces'],
    ['a wrong indentation', 'version: 1\nscopes:\n    a: {}\n  b: {}\n', '4:1', 'indentation'],
    ['an open quote', 'version: "1\n', '2:1', 'closing quote'],
    ['an open bracket', scope('include: [a'), '5:1', 'bracket or brace above is not closed'],
    ['an open brace', scope('secrets: { a: b'), '5:1', 'bracket or brace above is not closed'],
    ['a text with a second colon', scope('comment: a: b'), '4:14', 'second colon'],
    [
      'a line after it that is indented too far',
      scope('comment: a\n prune: true'),
      '4:14',
      'align the line after it',
    ],
    ['a line without a colon', scope('secrets\nprune: true'), '4:5', 'no colon'],
    ['a backtick', 'version: 1\nschemas:\n  `a`.b: {}\n', '3:3', 'cannot begin with this character'],
    ['an at sign', scope('comment: @me'), '4:14', 'cannot begin with this character'],
    ['an asterisk', scope('include: [*]'), '4:15', 'begins with an asterisk'],
    ['an asterisk and a name', scope('include:\n  - *_KEY'), '5:9', 'begins with an asterisk'],
    ['an unknown escape', scope('comment: "\\d"'), '4:15', 'single quotes'],
    ['a tag', scope('prune: !!bool true'), '4:19', 'tags are not supported'],
    ['a tag of a mapping', scope('secrets: !!map { k: N }'), '4:20', 'tags are not supported'],
    ['an unknown tag', scope('secrets: !ref k'), '4:19', 'tags are not supported'],
    ['a merge key', scope('<<: { prune: true }\nsecrets: { k: N }'), '4:5', 'merge keys are not supported'],
    ['an alias without an anchor', scope('secrets: *common'), '4:14', 'no anchor of this name'],
    ['an anchor that contains itself', 'version: &a [*a]\n', '1:14', 'no anchor of this name'],
    ['a second document', `${scope(SECRETS)}---\na: b\n`, '5:1', 'a second document'],
    ['a directive', `%YAML 1.1\n---\n${scope(SECRETS)}`, '1:1', 'directives are not supported'],
    ['a repeated field', scope(`${SECRETS}\nprune: true\nprune: false`), '6:5', 'same key as in line 5'],
    [
      'a repeated target',
      `version: 1\nscopes:\n  a: { ${SECRETS} }\n  a: { ${SECRETS} }\n`,
      '4:3',
      'same key as in line 3',
    ],
    ['a list as a key', scope('? [a]\n: b'), '4:7', 'must be one text'],
    ['an empty key', scope(': b'), '4:5', 'must be one text'],
    ['a control character', scope('comment: a\u0007b'), '4:15', 'control character'],
    ['bytes that are not UTF-8', scope('comment: a\ufffdb'), '4:15', 'not UTF-8'],
    ['21 levels', `version: ${'['.repeat(21)}${']'.repeat(21)}`, '1:', 'more than 20 levels'],
    [
      'a text that is too long',
      scope(`comment: ${'a'.repeat(17_000)}`),
      '4:14',
      'more than 16,384 characters',
    ],
    ['a file over 1 MiB', `# ${'a'.repeat(1_048_576)}`, '1:1', 'larger than 1,048,576 bytes'],
    ['growing aliases', `version: &a [x,x,x,x,x,x,x,x,x,x]\n${growing()}`, '', 'uses aliases too often'],
    ['100,000 lines', 'a: b\n'.repeat(100_000), '', 'too many entries'],
    // Targets
    ['an empty name', `version: 1\nscopes:\n  "": { ${SECRETS} }\n`, '3:3', 'name of the target is empty'],
    [
      'names that differ in case',
      `version: 1\nscopes:\n  a: { ${SECRETS} }\n  A: { ${SECRETS} }\n`,
      '4:3',
      'same target as in line 3',
    ],
    [
      'names that a variable makes equal',
      `version: 1\nscopes:\n  storage: { ${SECRETS} }\n  \${upper}: { ${SECRETS} }\n`,
      '4:3',
      'same target as in line 3',
    ],
    [
      'schemas that differ in backticks',
      `version: 1\nschemas:\n  a.b: { ${SECRETS} }\n  '\`A\`.b': { ${SECRETS} }\n`,
      '4:3',
      'same target as in line 3',
    ],
    [
      'schemas that differ in spaces around the period',
      `version: 1\nschemas:\n  a.b: { ${SECRETS} }\n  a . b: { ${SECRETS} }\n`,
      '4:3',
      'same target as in line 3',
    ],
    [
      'schemas of which one is in backticks as a whole',
      `version: 1\nschemas:\n  a.b: { ${SECRETS} }\n  '\`a.b\`': { ${SECRETS} }\n`,
      '4:3',
      'same target as in line 3',
    ],
    [
      'a schema with a space in its name',
      `version: 1\nschemas:\n  a.b c: { ${SECRETS} }\n`,
      '3:3',
      'cannot contain periods, slashes and spaces, also not in backticks',
    ],
    [
      'a schema without a catalog',
      `version: 1\nschemas:\n  storage: { ${SECRETS} }\n`,
      '3:3',
      'must be catalog.schema',
    ],
    [
      'a secret as a schema',
      `version: 1\nschemas:\n  a.b.c: { ${SECRETS} }\n`,
      '3:3',
      'must be catalog.schema',
    ],
    [
      'an unknown variable',
      `version: 1\nscopes:\n  \${tam}: { ${SECRETS} }\n`,
      '3:3',
      'no variable of this name',
    ],
    ['a broken variable', `version: 1\nscopes:\n  a-\${team: { ${SECRETS} }\n`, '3:3', 'closing brace'],
    [
      'an expression',
      `version: 1\nscopes:\n  a-\${{ vars.TEAM }}: { ${SECRETS} }\n`,
      '3:3',
      'does not evaluate expressions',
    ],
    [
      'a target that is a text',
      'version: 1\nscopes:\n  storage: BLOB\n',
      '3:12',
      'a target must be a mapping',
    ],
    ['a target without fields', 'version: 1\nscopes:\n  storage:\n', '3:3', 'names no secret'],
    ['a target with options alone', scope('if-exists: compare'), '3:3', 'names no secret'],
    ['a target with permissions alone', scope('permissions: { a: READ }'), '3:3', 'names no secret'],
    ['max-age-days with prune', scope('max-age-days: 30\nprune: true'), '3:3', 'names no secret'],
    [
      'max-age-days with permissions',
      scope('max-age-days: 30\npermissions: { a: READ }'),
      '3:3',
      'names no secret',
    ],
    ['a misspelt field of a target', scope(`${SECRETS}\nif_exist: keep`), '5:5', 'Did you mean if-exists?'],
    ['a field in capitals', scope(`${SECRETS}\nPrune: true`), '5:5', 'Did you mean prune?'],
    ['secret-envs', scope('secret-envs: { k: N }\nsecrets: { j: N }'), '4:5', 'Did you mean envs?'],
    [
      'an unknown field of a target',
      scope(`${SECRETS}\nquite: other`),
      '5:5',
      'fields here are secrets, files, envs',
    ],
    ['dry-run in a target', scope(`${SECRETS}\ndry-run: true`), '5:5', 'input of the step'],
    ['owner in a scope', scope(`${SECRETS}\nowner: me`), '5:5', 'only to schemas'],
    ['expire-after-days in a scope', scope(`${SECRETS}\nexpire-after-days: 3`), '5:5', 'only to schemas'],
    ['create-scope in a schema', schema(`${SECRETS}\ncreate-scope: true`), '5:5', 'only to scopes'],
    ['consumers in a schema', schema(`${SECRETS}\nconsumers: true`), '5:5', 'only to scopes'],
    // Entries
    ['a list of secrets', scope('secrets: [A, B]'), '4:14', 'secrets must be a mapping'],
    ['empty secrets', scope('secrets: {}'), '4:5', 'secrets is empty'],
    ['secrets without a value', scope('secrets:'), '4:5', 'secrets must be a mapping'],
    ['an entry without a name', scope('secrets:\n  k:'), '5:7', 'write the name of a secret'],
    ['an entry with a value of two lines', scope('secrets:\n  k: |\n    a\n    b'), '5:10', 'not its value'],
    ['an entry that is a list', scope('secrets:\n  k: [A]'), '5:10', 'a list is not an entry'],
    [
      'an expression as the name',
      scope('secrets:\n  k: ${{ secrets.N }}'),
      '5:10',
      'does not evaluate expressions',
    ],
    ['a variable as the name', scope('secrets:\n  k: ${team}_KEY'), '5:10', 'only in the names of targets'],
    ['a variable in a path', scope('files:\n  k: ${RUNNER_TEMP}/a'), '5:10', 'only in the names of targets'],
    ['a key with a space', scope('secrets:\n  a key: N'), '5:7', 'not a key'],
    ['a key with a slash', schema('secrets:\n  a/b: N'), '5:7', 'not a key'],
    [
      'a key of 249 characters',
      schema(`secrets:\n  ${'k'.repeat(249)}: N`),
      '5:7',
      'up to 128 of them in a scope and 248',
    ],
    [
      'keys that differ in case',
      scope('secrets: { k: N }\nfiles: { K: a.txt }'),
      '5:14',
      'same key as in line 4',
    ],
    ['a file without a path', scope('files: { k: "" }'), '4:17', 'write the path of a file'],
    [
      'the token of the job',
      scope('envs: { k: ACTIONS_ID_TOKEN_REQUEST_TOKEN }'),
      '4:16',
      'belongs to the runner',
    ],
    ['an input as a variable', scope('envs: { k: INPUT_TOKEN }'), '4:16', 'belongs to the runner'],
    ['DATABRICKS_TOKEN', scope('envs: { k: DATABRICKS_TOKEN }'), '4:16', 'belongs to the runner'],
    [
      'DATABRICKS_CLIENT_SECRET',
      scope('envs: { k: databricks_client_secret }'),
      '4:16',
      'belongs to the runner',
    ],
    ['ARM_CLIENT_SECRET', scope('envs: { k: { from: ARM_CLIENT_SECRET } }'), '4:24', 'belongs to the runner'],
    ['a long form without from', schema('secrets:\n  k: { comment: a }'), '5:10', 'from is missing'],
    [
      'a long form with an unknown field',
      schema('secrets:\n  k: { from: N, owner: a }'),
      '5:21',
      'fields here are from, comment',
    ],
    [
      'a long form with a misspelt field',
      schema('secrets:\n  k: { from: N, coment: a }'),
      '5:21',
      'Did you mean comment?',
    ],
    [
      'a comment in a scope',
      scope('secrets:\n  k: { from: N, comment: a }'),
      '5:21',
      'a secret of a scope has no comment',
    ],
    [
      'permissions of a secret in a scope',
      scope('secrets:\n  k: { from: N, permissions: { a: READ } }'),
      '5:21',
      'same permissions for all of its secrets',
    ],
    // Options
    ['an option without a value', scope(`${SECRETS}\nprune:`), '5:5', 'prune has no value'],
    ['an option with a list', scope(`${SECRETS}\nprune: [true]`), '5:12', 'prune must be one text'],
    ['an option with fields', scope(`${SECRETS}\nverify: { a: b }`), '5:13', 'verify must be one text'],
    [
      'a variable in an option',
      scope(`${SECRETS}\nkey-prefix: \${team}-`),
      '5:17',
      'only in the names of targets',
    ],
    ['patterns with fields', scope('include: { a: b }'), '4:14', 'list of patterns'],
    ['no patterns', scope('include: []'), '4:14', 'include has no value'],
    ['an include without a value', scope('include:'), '4:5', 'list of patterns'],
    ['an empty pattern', scope("include: [A_*, '']"), '4:20', 'pattern of the list is empty'],
    ['a pattern with a number sign', scope("include: ['#A']"), '4:15', 'begins with a number sign'],
    ['a pattern with two lines', scope('include: ["A\\nB"]'), '4:15', 'pattern of the list is empty'],
    ['a pattern that is a list', scope('include: [[A]]'), '4:15', 'pattern of the list is empty'],
    ['exclude without include', scope(`${SECRETS}\nexclude: [A]`), '5:14', 'Add include'],
    ['key-case without include', scope(`${SECRETS}\nkey-case: kebab`), '5:15', 'Add include'],
    [
      'permissions as lines',
      scope(`${SECRETS}\npermissions: a=READ`),
      '5:18',
      'must be a mapping from principals',
    ],
    [
      'permissions as a list',
      scope(`${SECRETS}\npermissions:\n  - a: READ`),
      '6:7',
      'must be a mapping from principals',
    ],
    [
      'a permission with an equals sign',
      scope(`${SECRETS}\npermissions: { a: b=READ }`),
      '5:23',
      'not a permission',
    ],
    ['a principal without a permission', scope(`${SECRETS}\npermissions:\n  a:`), '6:7', 'not a permission'],
    [
      'an empty list of permissions',
      schema(`${SECRETS}\npermissions: { a: [] }`),
      '5:23',
      'not a permission',
    ],
    ['an empty principal', scope(`${SECRETS}\npermissions: { "": READ }`), '5:20', 'the principal is empty'],
    [
      'a principal with a number sign',
      scope(`${SECRETS}\npermissions: { "#a": READ }`),
      '5:20',
      'begins with a number sign',
    ],
    [
      'an unknown variable of a principal',
      scope(`${SECRETS}\npermissions:\n  \${a}: READ`),
      '6:7',
      'no variable of this name',
    ],
    // Defaults
    ['defaults as a list', defaults('- prune: true'), '3:3', 'defaults must be a mapping'],
    ['secrets in defaults', defaults('secrets: { k: N }'), '3:3', 'Write this field in each target'],
    ['include in defaults', defaults('include: [A]'), '3:3', 'chooses its own secrets'],
    ['a misspelt field in defaults', defaults('prune-limits: 3'), '3:3', 'Did you mean prune-limit?'],
    ['an input of the step in defaults', defaults('dry-run: true'), '3:3', 'input of the step'],
  ])('%s', (_, text, place, message) => {
    const errors = errorsOf(text)
    expect(errors).toHaveLength(1)
    expect(errors[0]).toContain(message)
    expect(errors[0]?.slice(0, place.length)).toBe(place)
    expect(read(text).targets).toEqual([])
  })

  test('everything, in the order of the file', () => {
    const text = [
      'version: 2',
      'defaults: { prun: true }',
      'scopes:',
      '  a: { secrets: { k: "", "b c": N } }',
      '  A:',
      '    owner: me',
      'schemas: { a: { secrets: { k: N } } }',
    ].join('\n')
    expect(read(text).errors.map(({ line }) => line)).toEqual([1, 2, 4, 4, 5, 5, 6, 7])
  })

  test('every line with an error of YAML', () => {
    expect(read('a: @\nb: c\nc: `\n').errors.map(({ line }) => line)).toEqual([1, 3])
  })

  test('what an alias repeats, once', () => {
    const text = 'version: 1\nscopes:\n  a: &a { secrets: { k: "" } }\n  b: *a\n  c: *a\n'
    expect(errorsOf(text)).toHaveLength(1)
  })
})

function growing(): string {
  return ['b', 'c', 'd', 'e', 'f', 'g']
    .map(
      (name, index) =>
        `${name}: &${name} [${Array(10)
          .fill(`*${'abcdef'.charAt(index)}`)
          .join(', ')}]\n`,
    )
    .join('')
}

describe('a config file', () => {
  test('has targets with their names, secrets and places', () => {
    const target = targetOf(
      [
        'version: 1',
        'scopes:',
        '  ${team}-storage:',
        '    secrets:',
        '      blob: BLOB_KEY',
        '      007: null',
        '    files: { keystore: build/keystore.p12 }',
        '    envs: { password: DB_PASSWORD, host: DATABRICKS_HOST }',
      ].join('\n'),
    )
    expect(target.kind).toBe('scope')
    expect(target.name).toMatchObject({ text: 'blue-storage', line: 3, column: 3 })
    const named = [target.secrets, target.files, target.envs].map((entries) =>
      entries.map(({ key, from }) => [key.text, from.text, key.line, from.column]),
    )
    expect(named).toEqual([
      [
        ['blob', 'BLOB_KEY', 5, 13],
        ['007', 'null', 6, 12],
      ],
      [['keystore', 'build/keystore.p12', 7, 24]],
      [
        ['password', 'DB_PASSWORD', 8, 23],
        ['host', 'DATABRICKS_HOST', 8, 42],
      ],
    ])
  })

  // A permission for the wrong principal is access to secrets.
  test('has permissions as the input has them', () => {
    const target = targetOf(
      schema(
        [
          'secrets:',
          '  k:',
          '    from: N',
          '    comment: "007"',
          '    permissions: { etl: READ SECRET }',
          'permissions:',
          "  '[UC] Team = A': [READ SECRET, WRITE_SECRET]",
          '  ${group}: REFERENCE SECRET, CREATE SECRET',
        ].join('\n'),
      ),
    )
    expect(optionText(target, 'permissions')).toBe(
      '[UC] Team = A=READ SECRET, WRITE_SECRET\ndata team=REFERENCE SECRET, CREATE SECRET',
    )
    expect(target.secrets[0]?.comment?.text).toBe('007')
    expect(target.secrets[0]?.permissions?.text).toBe('etl=READ SECRET')
  })

  test('takes the option of a target before defaults, and defaults before the input', () => {
    const text =
      'version: 1\ndefaults: { if-exists: compare, prune-limit: 3, key-prefix: a- }\nscopes:\n' +
      '  a: { secrets: { k: N }, if-exists: keep, key-prefix: "" }\n'
    const target = targetOf(text, {
      'if-exists': 'update',
      'prune-limit': '5',
      verify: 'true',
      'key-prefix': 'b-',
    })
    const options = ['if-exists', 'prune-limit', 'verify', 'key-prefix', 'prune'] as const
    expect(options.map((option) => optionText(target, option))).toEqual(['keep', '3', 'true', '', 'false'])
    expect(options.map((option) => target.options.get(option)?.source)).toEqual([
      'target',
      'defaults',
      'input',
      'target',
      'input',
    ])
  })

  test('inherits no include, and nothing that its kind does not have', () => {
    const inputs = { include: 'A_*', 'create-scope': 'false', permissions: 'analysts=READ\nme=MANAGE' }
    const ofSchema = targetOf(schema('secrets: { k: N }'), inputs)
    expect(optionText(ofSchema, 'include')).toBe('')
    expect(optionText(ofSchema, 'create-scope')).toBe('true')
    expect(optionText(ofSchema, 'permissions')).toBe('')
    const ofScope = targetOf(scope('secrets: { k: N }'), { ...inputs, owner: 'me' })
    expect(optionText(ofScope, 'create-scope')).toBe('false')
    expect(optionText(ofScope, 'permissions')).toBe('analysts=READ\nme=MANAGE')
    expect(optionText(ofScope, 'owner')).toBe('')
    // A typing error in it is reported, not skipped.
    expect(optionText(targetOf(schema('secrets: { k: N }'), { permissions: 'a=REED' }), 'permissions')).toBe(
      'a=REED',
    )
    const bothKinds = read(defaults('permissions: { a: READ SECRET }'))
    expect(bothKinds.targets.map((target) => optionText(target, 'permissions'))).toEqual([
      '',
      'a=READ SECRET',
    ])
  })

  test.each([
    ['its own', scope('max-age-days: 30'), {}],
    ['that of defaults, without fields', 'version: 1\ndefaults: { max-age-days: 3 }\nscopes:\n  a:\n', {}],
    [
      'that of the input',
      'version: 1\nscopes: { a: { prune: false } }',
      { 'max-age-days': '30', prune: 'true' },
    ],
  ])('may only report ages, with max-age-days: %s', (_, text, inputs) => {
    expect(targetOf(text, inputs).secrets).toEqual([])
  })

  test('takes patterns as a list, as one text and as lines', () => {
    const texts = ['include: [A_*, B]', 'include: A_*', 'include: |\n  A_*\n\n  B']
    expect(texts.map((text) => optionText(targetOf(scope(text)), 'include'))).toEqual([
      'A_*\nB',
      'A_*',
      'A_*\nB',
    ])
  })

  test('may use aliases, Windows line ends, a byte order mark and one document mark', () => {
    const text =
      '\ufeff---\r\nversion: 1\r\nscopes:\r\n  a: &common { secrets: { k: N } }\r\n  b: *common\r\n...\r\n'
    expect(read(text).targets.map(({ name, secrets }) => [name.text, secrets.length])).toEqual([
      ['a', 1],
      ['b', 1],
    ])
  })

  test('refuses a scope and a schema of the same name, because target/key would mean both', () => {
    expect(
      errorsOf('version: 1\nscopes: { a.b: { secrets: { k: N } } }\nschemas: { a.b: { secrets: { k: N } } }'),
    ).toEqual([
      '3:12 same name as the scope in line 2: outputs and messages name keys as target/key, and this name would mean both. ' +
        'Rename the scope, or write it in a step of its own',
    ])
  })

  test('has an inherited naming rule without include', () => {
    expect(errorsOf(defaults('exclude: [A]\nkey-case: kebab'))).toEqual([])
  })

  test('reports variables and defaults without effect', () => {
    const text = 'version: 1\ndefaults: { owner: me }\nscopes: { "${team}": { secrets: { k: N } } }'
    const { errors, notices } = read(text, {}, 'team=a\nother=b')
    expect(errors).toEqual([])
    expect(notices.map(({ input, line, message }) => [input, line, message.slice(0, 24)])).toEqual([
      ['config', 2, 'owner: has no effect, be'],
      ['config-variables', 2, 'the config file does not'],
    ])
  })
})

// The readers of the inputs read the options, and know nothing of the file.
describe('the place of an error in an option', () => {
  const target = targetOf(scope('include:\n  - A\n  - "B C"\nprune: perhaps'))

  test('is that of the pattern in the file', () => {
    const { errors } = readNamePatterns(optionText(target, 'include'), 'include')
    expect(errors.map((error) => locateInConfig(target, error))).toEqual([
      { input: 'config', line: 6, column: 9, message: expect.stringMatching(/^include: not a pattern/) },
    ])
  })

  test('is that of the value of an option of one text', () => {
    const error = { input: 'prune', message: 'must be true or false', cause: 'not-visible' } as const
    expect(locateInConfig(target, error)).toEqual({
      ...error,
      input: 'config',
      line: 7,
      column: 12,
      message: 'prune: must be true or false',
    })
  })

  test('is the input, if the target inherits its text', () => {
    const error = { input: 'verify', message: 'must be true or false' }
    expect(locateInConfig(target, error)).toBe(error)
    expect(locateInConfig(target, { ...error, input: 'host' })).toEqual({ ...error, input: 'host' })
  })

  test('is that of the principal in an entry', () => {
    const entry = targetOf(
      schema('secrets:\n  k:\n    from: N\n    permissions: { a: READ SECRET, b: READ }'),
    ).secrets[0]
    if (entry?.permissions === undefined) throw new Error('no permissions')
    const located = locateOption(entry.permissions, { input: 'permissions', line: 2, message: 'wrong' })
    expect(located).toEqual({ input: 'config', line: 7, column: 40, message: 'permissions: wrong' })
  })
})

test.each(['databricks-secrets', 'environments'])('the example %s has no error', (name) => {
  const text = readFileSync(`examples/config/${name}.yml`, 'utf8')
  const { targets, errors, notices } = read(
    text,
    {},
    name === 'environments' ? 'environment=dev\nteam=a\nreaders=b' : '',
  )
  expect([...errors, ...notices]).toEqual([])
  expect(targets.length).toBeGreaterThan(1)
})

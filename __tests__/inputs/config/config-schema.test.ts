import { readFileSync } from 'node:fs'

import { describe, expect, test } from '@jest/globals'
import Ajv from 'ajv'
import { parse } from 'yaml'

import { configSchema } from '../../../scripts/config-schema.js'
import { readConfigFile } from '../../../src/inputs/config/config-file.js'
import { readConfigVariables } from '../../../src/inputs/config/config-variables.js'
import { OPTION_FIELDS } from '../../../src/inputs/config/target-fields.js'

const FILE = 'databricks-secrets.schema.json'

const schema = JSON.parse(readFileSync(FILE, 'utf8')) as object

const validate = new Ajv({ allErrors: true }).compile(schema)

const isValid = (text: string): boolean => validate(parse(text)) === true

function isRead(text: string): boolean {
  const { variables } = readConfigVariables('environment=dev\nteam=blue\nreaders=a')
  return readConfigFile(text, variables, () => '').errors.length === 0
}

// An editor that marks what the action takes, or takes what it refuses, is worse than none.
describe('the JSON Schema of the config file', () => {
  test('is what the code knows', () => {
    // `npm run schema` writes it.
    expect(schema).toEqual(configSchema())
  })

  test('says what each option does', () => {
    const { properties } = (schema as { definitions: Record<'scope' | 'schema', { properties: object }> })
      .definitions.schema
    expect(Object.keys(properties)).toEqual(
      expect.arrayContaining(
        [...OPTION_FIELDS].filter(([, { target }]) => target !== 'scope').map(([name]) => name),
      ),
    )
    expect(JSON.stringify(schema)).not.toContain('"description":""')
  })

  test.each(['databricks-secrets', 'environments'])('accepts the example %s, which names it', (name) => {
    const text = readFileSync(`examples/config/${name}.yml`, 'utf8')
    expect(isValid(text)).toBe(true)
    const [, address] = /^# yaml-language-server: \$schema=(.*)$/m.exec(text) ?? []
    expect(address).toBe(`https://raw.githubusercontent.com/owner/databricks-secrets-sync/v1/${FILE}`)
  })

  const SCOPE = 'version: 1\nscopes:\n  a:\n    '
  const SCHEMA = 'version: 1\nschemas:\n  a.b:\n    '
  test.each([
    [`${SCOPE}secrets: { k: N, l: { from: M } }`, true],
    [`${SCOPE}{ include: A_*, exclude: [B], key-case: kebab, prune: true, prune-limit: 0 }`, true],
    [`${SCOPE}max-age-days: 3`, true],
    [
      'version: 1\ndefaults: { max-age-days: 3, permissions: { a: READ, b: READ SECRET } }\nscopes: { a: }',
      true,
    ],
    [`${SCHEMA}{ secrets: { k: N }, owner: a, permissions: { b: [READ SECRET, WRITE_SECRET] } }`, true],
    [`${SCHEMA}secrets: { k: { from: N, comment: a, permissions: { b: READ SECRET } } }`, true],
    ['{}', false],
    ['version: 1', false],
    ['version: 2\nscopes: { a: { secrets: { k: N } } }', false],
    ['version: 1\nscopes: {}', false],
    ['version: 1\nother: 1\nscopes: { a: { secrets: { k: N } } }', false],
    ['version: 1\ndefaults: { include: [A] }\nscopes: { a: { secrets: { k: N } } }', false],
    ['version: 1\nschemas: { a: { secrets: { k: N } } }', false],
    [`${SCOPE}{ secrets: { k: N }, owner: a }`, false],
    [`${SCOPE}{ secrets: { k: N }, dry-run: true }`, false],
    [`${SCOPE}secrets: {}`, false],
    [`${SCOPE}secrets: [A]`, false],
    [`${SCOPE}secrets: { a key: N }`, false],
    [`${SCOPE}secrets: { k: { from: N, comment: a } }`, false],
    [`${SCOPE}secrets: { k: { form: N } }`, false],
    [`${SCOPE}{ secrets: { k: N }, permissions: [a] }`, false],
    [`${SCHEMA}{ secrets: { k: N }, create-scope: true }`, false],
    [`${SCHEMA}{ secrets: { k: N }, consumers: true }`, false],
  ])('judges %j as the reader does: %p', (text, expected) => {
    expect({ schema: isValid(text), reader: isRead(text) }).toEqual({ schema: expected, reader: expected })
  })

  // The reader leaves these to the readers of the inputs.
  test.each(['prune: perhaps', 'prune-limit: 1001', 'key-case: camel', 'permissions: { a: READ SECRET }'])(
    'refuses the value of %s',
    (field) => {
      expect(isValid(`${SCOPE}secrets: { k: N }\n    ${field}`)).toBe(false)
    },
  )
})

import { isDeepStrictEqual } from 'node:util'

import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'

import { SecretValue } from '../../src/secret-value.js'
import { selectSecrets } from '../../src/secrets/select-secrets.js'
import { readJson, type JsonValue } from '../../src/secrets/json-document.js'
import { isJsonMap, readJsonMap } from '../../src/secrets/json-map.js'
import { readNamePatterns } from '../../src/secrets/name-patterns.js'
import type { SourceResult } from '../../src/secrets/secret-map.js'

const TOKEN = new SecretValue('fake-token')
const ALL = {
  include: readNamePatterns('*', 'include').patterns,
  exclude: [],
  naming: { stripPrefix: '', case: 'keep', prefix: '' },
} as const

function readMap(text: string): Required<SourceResult> {
  return selectSecrets([readJsonMap(text, 'secrets')], ALL, [TOKEN])
}

function read(text: string): [key: string, value: string][] {
  const { entries, errors } = readMap(text)
  expect(errors).toEqual([])
  return entries.map(({ key, value }) => [key, value.reveal().toString()])
}

/** The result of `JSON.parse`, in the form of {@link valueOf}. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text, (_, value: unknown) => (typeof value === 'boolean' ? 'word' : value))
  } catch {
    return 'invalid'
  }
}

function valueOf(json: JsonValue): unknown {
  if (json.type === 'object') {
    const members = json.members.map(({ name, value }) => [name, valueOf(value)] as const)
    return Object.fromEntries(members)
  }
  if (json.type === 'array') return json.items.map(valueOf)
  if (json.type === 'string') return json.text
  if (json.type === 'null') return null
  return json.number === undefined ? 'word' : Number(json.number)
}

function errorLocationsOf(text: string): string[] {
  return readMap(text).errors.map(({ line, column }) => `${line ?? '?'}:${column ?? '?'}`)
}

describe('the form of the map', () => {
  // Otherwise the text of one secret could change the format of the whole map.
  test.each([
    ['{}', true],
    [' \r\n\t{"a":"b"}', true],
    ['\ufeff{"a":"b"}', true],
    ['a={"b":"c"}', false],
    ['["a"]', false],
    ['', false],
  ])('is JSON for %j: %j', (text, isJson) => {
    expect(isJsonMap(text)).toBe(isJson)
  })
})

describe('a JSON map', () => {
  // `JSON.parse` would move numbers to the front, and the report would not follow the workflow.
  test('keeps the order of names, also of numbers', () => {
    expect(read('{"b":"1","2":"2","a":"3","1":"4","toString":"5"}')).toEqual([
      ['b', '1'],
      ['2', '2'],
      ['a', '3'],
      ['1', '4'],
      ['toString', '5'],
    ])
  })

  // `JSON.parse` and an object literal would drop it, and the secret would be missing without an error.
  test('keeps the name __proto__', () => {
    expect(read('{"__proto__":"1"}')).toEqual([['__proto__', '1']])
  })

  test.each(['a\nb', 'a\r\nb\n', '\u0000', '"', '\\', '🔑', '\u2028', ' blanks '])(
    'takes the value %j',
    (value) => {
      expect(read(JSON.stringify({ k: value }))).toEqual([['k', value]])
      expect(read(JSON.stringify({ k: value }, null, 2))).toEqual([['k', value]])
    },
  )

  // Otherwise all readers of the scope get the token of the job.
  test.each(['github_token', 'GITHUB_TOKEN', 'GitHub_Token'])(
    'leaves out %s, and the credential of this run under any name',
    (token) => {
      const { entries, omitted, errors } = readMap(
        `{"${token}":"fake-a","DB_TOKEN":"fake-token","KEY":"fake-b"}`,
      )
      expect(entries.map(({ key }) => key)).toEqual(['KEY'])
      expect(omitted).toEqual([token, 'DB_TOKEN'])
      expect(errors).toEqual([])
    },
  )

  // In a file that Vault wrote, it is a secret of the user.
  test('of a file keeps github_token', () => {
    const document = readJsonMap('{"github_token":"fake-a"}', 'secrets-file')
    expect(selectSecrets([document], ALL, [TOKEN]).entries.map(({ key }) => key)).toEqual(['github_token'])
    expect(selectSecrets([document], { ...ALL, include: undefined }, [TOKEN]).errors).toEqual([])
  })

  // Values that are left out or refused are still secrets, and later steps may print them.
  test('returns values that it leaves out or refuses, so that they are masked', () => {
    const text = '{"a":"fake-a","a":"fake-b","b c":"fake-c","github_token":"fake-d"}'
    const { entries, onlyMasked } = readMap(text)
    expect(entries.map(({ value }) => value.reveal())).toEqual(['fake-a'])
    expect(onlyMasked.map((value) => value.reveal())).toEqual(['fake-b', 'fake-c', 'fake-d'])
  })

  // The output of Vault is nested one level too deep, and contains secrets.
  test('returns nested strings, so that they are masked', () => {
    for (const text of ['{"data":{"a":"fake-a","b":["fake-b"]}}', '["fake-a",{"c":"fake-b"}]']) {
      const values = readMap(text).onlyMasked.map((value) => value.reveal())
      expect(values.sort()).toEqual(['fake-a', 'fake-b'])
    }
  })

  // A PIN or a password that a script wrote without quotes.
  test.each([
    ['{"a":12345678}', ['12345678']],
    ['{"a":-1.50e3}', ['-1.50e3', '-1500']],
    ['{"a":12345678901234567890}', ['12345678901234567000', '12345678901234567890']],
    ['{"data":{"a":[1234567]}}', ['1234567']],
    // As masks, they would garble the error.
    ['{"a":123,"b":true,"c":false,"d":null}', []],
  ])('returns the numbers of %s, so that they are masked', (text, expected) => {
    expect(
      readMap(text)
        .onlyMasked.map((value) => value.reveal())
        .sort(),
    ).toEqual(expected)
  })

  // A later step that repairs the document may print its values.
  test.each([
    ['an extra comma', '{"a":"fake-one","b":12345678,}', ['fake-one', '12345678']],
    ['a missing end', '{"a":"fake-one","b":"fake-tw', ['fake-one', 'fake-tw']],
    ['quotes inside', '{"a":"fake"one","b":"fake-two"}', ['fake"one', 'fake-two']],
    ['line breaks inside', '{"a":"fake\none","b":"fake-two"}', ['fake\none', 'fake-two']],
    ['escapes', '{"a":"fake\\n\\"one\\",b","c":"fake\\two"', ['fake\n"one",b', 'fake\\two']],
    ['single quotes, also around names', "{'a': 'fake-one', 'b': 12345678}", ['fake-one', '12345678']],
    ['no quotes', '{a: fake-one, b: 12345678}', ['fake-one', '12345678']],
    ['comments', '{// more\n"a":"fake-one" /* last */}', ['fake-one']],
    ['a list', '["fake-one","fake-two"', ['fake-one', 'fake-two']],
    ['nested objects', '{"a":{"b":"fake-one","c":["fake-two"]}', ['fake-one', 'fake-two']],
    ['lines of YAML', '{\n  a: fake-one\n  b: "fake-two"\n}', ['fake-one', 'fake-two']],
    ['text after it', '{"a":"fake-one"}\nfake-two', ['fake-one', 'fake-two']],
  ])('that is invalid returns its values, so that they are masked: %s', (_, text, expected) => {
    for (const input of ['secrets', 'secrets-file'] as const) {
      const { members, onlyMasked } = readJsonMap(text, input)
      expect(members).toEqual([])
      expect(onlyMasked.map((value) => value.reveal())).toEqual(expect.arrayContaining(expected))
    }
  })

  test('that is invalid and has many values returns them as the lines of one value', () => {
    const values = Array.from({ length: 1_001 }, (_, index) => `fake-${index}`)
    const { onlyMasked } = readJsonMap(JSON.stringify(values).slice(0, -1), 'secrets-file')
    expect(onlyMasked).toHaveLength(1)
    const lines = new Set(onlyMasked[0]?.reveal().toString().split('\n'))
    expect(values.filter((value) => !lines.has(value))).toEqual([])
  })

  // Only "not a string" would make people look for a number.
  test.each([
    ['{"a":{"b":"c"}}', 'is a JSON object'],
    ['{"a":["b"]}', 'is a JSON list'],
    ['{"a":true}', 'is not a string'],
  ])('says what %s has in the place of a string', (text, message) => {
    expect(readMap(text).errors).toMatchObject([{ message: expect.stringContaining(message) }])
  })

  // Of two values for one name, one would be lost without an error.
  test.each([
    ['a repeated name', '{"a":"1",\n "a":"2"}', '2:2'],
    ['a repeated name, once escaped', '{"a":"1","\\u0061":"2"}', '1:10'],
    ['a number', '{\n  "a": 1\n}', '2:3'],
    ['null', '{"a":null}', '1:2'],
    ['an object', '{"a":{"b":"c"}}', '1:2'],
    ['an array', '{"a":["b"]}', '1:2'],
    ['a name that is not a key', '{"a b":"c"}', '1:2'],
    ['an empty name', '{"":"c"}', '1:2'],
    ['a trailing comma', '{"a":"b",}', '1:10'],
    ['a comment', '{"a":"b" /* c */}', '1:10'],
    ['text after the object', '{"a":"b"} c', '1:11'],
    ['single quotes', "{'a':'b'}", '1:2'],
    ['a secret with line breaks between quotes', '{"a":"b\nc"}', '1:6'],
    ['a tab in a string', '{"a":"b\tc"}', '1:6'],
    ['an unknown escape', '{"a":"\\x41"}', '1:6'],
    ['empty lines before the error', '\n\n{\n"a":1}', '4:1'],
    ['empty lines before invalid JSON', '\n\n{\n"a":b}', '4:5'],
  ])('refuses %s, and says where', (_, text, location) => {
    expect(errorLocationsOf(text)).toEqual([location])
  })

  // Otherwise invalid documents are accepted, or valid ones refused.
  test('accepts exactly what JSON.parse accepts', () => {
    const insert = fc.constantFrom(
      '',
      '"',
      '\\',
      ',',
      '}',
      ']',
      '{',
      ':',
      '0',
      '-',
      '.',
      'e',
      '\n',
      '\u0001',
      '\ufeff',
      '/',
      "'",
    )
    fc.assert(
      fc.property(
        fc.json({ maxDepth: 3, noUnicodeString: false }),
        fc.nat(),
        insert,
        fc.nat(2),
        (json, location, inserted, cut) => {
          const at = location % (json.length + 1)
          const text = (json.slice(0, at) + inserted + json.slice(at + cut)).trim()
          const read = readJson(text)
          return isDeepStrictEqual(read.type === 'invalid' ? 'invalid' : valueOf(read), parsed(text))
        },
      ),
      { numRuns: 3_000 },
    )
  })

  // A stack overflow in the parser would be a crash without a useful message.
  test('refuses a document that is cut off or nested too deeply', () => {
    expect(errorLocationsOf('{"a":"b"')).toHaveLength(1)
    expect(errorLocationsOf('{"a":'.repeat(60_000))).toHaveLength(1)
  })

  test('never quotes what it refuses', () => {
    const texts = [
      '{"Fake-Piece":1}',
      '{"a":"Fake-Piece\n"}',
      '{Fake-Piece}',
      '{"a":Fake-Piece',
      '{"Fake Piece":"b"}',
    ]
    for (const text of texts) {
      const { errors } = readMap(text)
      expect(errors).toHaveLength(1)
      expect(JSON.stringify(errors)).not.toMatch(/Fake|Piece/)
    }
  })
})

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

/** What `JSON.parse` makes of a text, in other words. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text, (_, value: unknown) => (typeof value === 'boolean' ? 'word' : value))
  } catch {
    return 'broken'
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

function faultsOf(text: string): string[] {
  return readMap(text).errors.map(({ line, column }) => `${line ?? '?'}:${column ?? '?'}`)
}

describe('the form of the map', () => {
  // Told apart by anything less plain, one secret's text could turn the whole map into something else.
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
  // `JSON.parse` would sort these to the front, and the report would not follow the workflow.
  test('keeps the order of names, numbers among them', () => {
    expect(read('{"b":"1","2":"2","a":"3","1":"4","toString":"5"}')).toEqual([
      ['b', '1'],
      ['2', '2'],
      ['a', '3'],
      ['1', '4'],
      ['toString', '5'],
    ])
  })

  // `JSON.parse` and an object literal would swallow it, and the secret would silently be missing.
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

  // Every user who copies a repository's secrets would hand the run's own token to all readers of the scope.
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

  // A member of a file that Vault has written is a secret of the user's own: it would be missing without a word.
  test('of a file keeps github_token', () => {
    const document = readJsonMap('{"github_token":"fake-a"}', 'secrets-file')
    expect(selectSecrets([document], ALL, [TOKEN]).entries.map(({ key }) => key)).toEqual(['github_token'])
    expect(selectSecrets([document], { ...ALL, include: undefined }, [TOKEN]).errors).toEqual([])
  })

  // What could be read but not used is a value all the same, and the job goes on to other steps.
  test('gives the values of what it leaves out or refuses, to be masked', () => {
    const text = '{"a":"fake-a","a":"fake-b","b c":"fake-c","github_token":"fake-d"}'
    const { entries, discarded } = readMap(text)
    expect(entries.map(({ value }) => value.reveal())).toEqual(['fake-a'])
    expect(discarded.map((value) => value.reveal())).toEqual(['fake-b', 'fake-c', 'fake-d'])
  })

  // What Vault prints is a map that stands one level too deep: whoever forgets to unwrap it has secrets in there.
  test('gives the strings within what is no string, to be masked', () => {
    for (const text of ['{"data":{"a":"fake-a","b":["fake-b"]}}', '["fake-a",{"c":"fake-b"}]']) {
      const values = readMap(text).discarded.map((value) => value.reveal())
      expect(values.sort()).toEqual(['fake-a', 'fake-b'])
    }
  })

  // A PIN, or the password of a database, that somebody's script wrote without quotes.
  test.each([
    ['{"a":12345678}', ['12345678']],
    ['{"a":-1.50e3}', ['-1.50e3', '-1500']],
    ['{"a":12345678901234567890}', ['12345678901234567000', '12345678901234567890']],
    ['{"data":{"a":[1234567]}}', ['1234567']],
    // As a mask, each of them would hide a part of the error.
    ['{"a":123,"b":true,"c":false,"d":null}', []],
  ])('gives the numbers of %s, to be masked', (text, expected) => {
    expect(
      readMap(text)
        .discarded.map((value) => value.reveal())
        .sort(),
    ).toEqual(expected)
  })

  // Whoever repairs the document in a later step prints what is in it.
  test.each([
    ['a comma too many', '{"a":"fake-one","b":12345678,}', ['fake-one', '12345678']],
    ['an end that is missing', '{"a":"fake-one","b":"fake-tw', ['fake-one', 'fake-tw']],
    ['quotes within', '{"a":"fake"one","b":"fake-two"}', ['fake"one', 'fake-two']],
    ['line breaks within', '{"a":"fake\none","b":"fake-two"}', ['fake\none', 'fake-two']],
    ['escapes', '{"a":"fake\\n\\"one\\",b","c":"fake\\two"', ['fake\n"one",b', 'fake\\two']],
    ['quotes of another kind', "{'a': 'fake-one', 'b': 12345678}", ['fake-one', '12345678']],
    ['no quotes', '{a: fake-one, b: 12345678}', ['fake-one', '12345678']],
    ['comments', '{// more\n"a":"fake-one" /* last */}', ['fake-one']],
    ['a list', '["fake-one","fake-two"', ['fake-one', 'fake-two']],
    ['objects within', '{"a":{"b":"fake-one","c":["fake-two"]}', ['fake-one', 'fake-two']],
    ['lines of YAML', '{\n  a: fake-one\n  b: "fake-two"\n}', ['fake-one', 'fake-two']],
    ['something behind it', '{"a":"fake-one"}\nfake-two', ['fake-one', 'fake-two']],
  ])('that is broken gives its values, to be masked: %s', (_, text, expected) => {
    for (const input of ['secrets', 'secrets-file'] as const) {
      const { members, discarded } = readJsonMap(text, input)
      expect(members).toEqual([])
      expect(discarded.map((value) => value.reveal())).toEqual(expect.arrayContaining(expected))
    }
  })

  test('that is broken is masked as the lines of one value where it has many', () => {
    const values = Array.from({ length: 1_001 }, (_, index) => `fake-${index}`)
    const { discarded } = readJsonMap(JSON.stringify(values).slice(0, -1), 'secrets-file')
    expect(discarded.map((value) => value.reveal().toString().split('\n'))).toEqual([
      expect.arrayContaining(values),
    ])
  })

  // "Not a string" sends people to look for a number.
  test.each([
    ['{"a":{"b":"c"}}', 'is a JSON object'],
    ['{"a":["b"]}', 'is a JSON list'],
    ['{"a":true}', 'is not a string'],
  ])('says what %s has in the place of a string', (text, message) => {
    expect(readMap(text).errors).toMatchObject([{ message: expect.stringContaining(message) }])
  })

  // Of two values for one name, one would be lost without a word.
  test.each([
    ['a repeated name', '{"a":"1",\n "a":"2"}', '2:2'],
    ['a repeated name, once escaped', '{"a":"1","\\u0061":"2"}', '1:10'],
    ['a number', '{\n  "a": 1\n}', '2:3'],
    ['null', '{"a":null}', '1:2'],
    ['an object', '{"a":{"b":"c"}}', '1:2'],
    ['an array', '{"a":["b"]}', '1:2'],
    ['a name that is no key', '{"a b":"c"}', '1:2'],
    ['an empty name', '{"":"c"}', '1:2'],
    ['a trailing comma', '{"a":"b",}', '1:10'],
    ['a comment', '{"a":"b" /* c */}', '1:10'],
    ['text behind the object', '{"a":"b"} c', '1:11'],
    ['single quotes', "{'a':'b'}", '1:2'],
    ['a secret with line breaks between quotes', '{"a":"b\nc"}', '1:6'],
    ['a tab in a string', '{"a":"b\tc"}', '1:6'],
    ['an unknown escape', '{"a":"\\x41"}', '1:6'],
    ['empty lines before the fault', '\n\n{\n"a":1}', '4:1'],
    ['empty lines before broken JSON', '\n\n{\n"a":b}', '4:5'],
  ])('refuses %s, and says where', (_, text, location) => {
    expect(faultsOf(text)).toEqual([location])
  })

  // What other tools read of a document that is none would be stored, or a good one refused.
  test('takes what JSON.parse takes, and nothing else', () => {
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
          expect(read.type === 'broken' ? 'broken' : valueOf(read)).toEqual(parsed(text))
        },
      ),
      { numRuns: 3_000 },
    )
  })

  // A stack overflow in the parser would be a crash that nobody can make sense of.
  test('refuses a document that is cut or nested out of all reason', () => {
    expect(faultsOf('{"a":"b"')).toHaveLength(1)
    expect(faultsOf('{"a":'.repeat(60_000))).toHaveLength(1)
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

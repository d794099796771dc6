import { describe, expect, test } from '@jest/globals'

import { readLinesMap } from '../../src/secrets/lines-map.js'

/** The map as plain data; these are the only tests that look into values, which are made up. */
function read(text: string): [key: string, value: string, line: number | undefined][] {
  const { entries, errors } = readLinesMap(text, 'secrets')
  expect(errors).toEqual([])
  return entries.map(({ key, value, location }) => [key, value.reveal().toString(), location.line])
}

function linesWithErrors(text: string): (number | undefined)[] {
  return readLinesMap(text, 'secrets').errors.map(({ line }) => line)
}

describe('key=value', () => {
  // A value that is trimmed, unquoted or unescaped is another value, and a login fails later.
  test.each([
    ['trailing spaces', 'k=v  ', 'v  '],
    ['leading spaces', 'k=  v', '  v'],
    ['a tab at the end', 'k=v\t', 'v\t'],
    ['a quote at the beginning', 'k="v', '"v'],
    ['a quote at the end', "k=v'", "v'"],
    ['two kinds of quotes', `k="v'`, `"v'`],
    ['only a quote', 'k="', '"'],
    ['quotes inside', 'k=a"v"b', 'a"v"b'],
    ['a hash', 'k=v # no comment', 'v # no comment'],
    ['more equals signs', 'k==v==', '=v=='],
    ['a colon', 'k=:v', ':v'],
    ['an escape as text', 'k=\\n', '\\n'],
    ['a percent escape as text', 'k=%0A', '%0A'],
    ['a command of the runner as text', 'k=::set-output name=a::b', '::set-output name=a::b'],
    ['an expression as text', 'k=$& ${HOME} $1', '$& ${HOME} $1'],
    ['an emoji', 'k=🔑', '🔑'],
    ['a lone CR', 'k=a\rb', 'a\rb'],
    ['a line separator that is not a line break here', 'k=a\u2028b\u0085c', 'a\u2028b\u0085c'],
  ])('takes %s literally', (_, text, value) => {
    expect(read(text)).toEqual([['k', value, 1]])
  })

  // Otherwise a workflow file with Windows line endings adds a CR to every secret.
  test('removes the CR before an LF', () => {
    expect(read('a=1\r\nb=2\r\n')).toEqual([
      ['a', '1', 1],
      ['b', '2', 2],
    ])
  })

  // Editors may end the last line with only a CR, or begin the file with a byte order mark.
  test('removes a CR at the end, and a byte order mark at the start', () => {
    expect(read('\ufeffa=1\nb=2\r')).toEqual([
      ['a', '1', 1],
      ['b', '2', 2],
    ])
  })

  // A forgotten colon of `:=`, or a pasted .env: the step would succeed, with quotes in the password.
  test.each(['k="v"', "k='v'", 'k=`v`', 'k=""', 'k= "v" ', 'k="a" "b"', 'k="a\\nb"\r\n'])(
    'refuses %j',
    (text) => {
      const { entries, errors, onlyMasked } = readLinesMap(text, 'secrets')
      expect(entries).toEqual([])
      expect(errors).toEqual([
        {
          input: 'secrets',
          line: 1,
          message: expect.stringMatching(/key:=.*without quotes/),
          kind: 'invalid-value',
        },
      ])
      expect(onlyMasked).toHaveLength(1)
    },
  )

  test('accepts quotes in key:=', () => {
    expect(read('k:="\\"v\\""')).toEqual([['k', '"v"', 1]])
  })

  // Users find an error by its line number.
  test('skips empty lines and comments, and counts them', () => {
    expect(read('\n# comment=1\n\n  \na=1\n')).toEqual([['a', '1', 5]])
  })
})

describe('key:=JSON', () => {
  // This syntax is for any value. A PEM key without its line breaks does not work.
  test.each([
    '-----BEGIN FAKE-----\nabc=\nb=c\n-----END FAKE-----\n',
    'a\r\nb',
    'null',
    '{"a":"b"}',
    '"quoted" \\ back',
    '\u0000\u0001\u007f',
    '🔑 ä \u2028',
    '# no comment',
  ])('takes %j', (value) => {
    expect(read(`k:=${JSON.stringify(value)}`)).toEqual([['k', value, 1]])
    expect(read(`k:= ${JSON.stringify(value)} \r\n`)).toEqual([['k', value, 1]])
  })

  // An empty value in place of a missing secret would break its readers days later.
  test.each(['k:=null', 'k:=', 'k:= \t', 'k:=\r\n'])('reports %j as a secret that is not visible', (text) => {
    const { entries, errors } = readLinesMap(text, 'secrets')
    expect(entries).toEqual([])
    expect(errors).toMatchObject([{ input: 'secrets', line: 1, name: 'k', cause: 'not-visible' }])
    expect(errors[0]?.message).toContain('not visible')
  })

  test('reports an object', () => {
    expect(readLinesMap('k:={"a":"v"}', 'secrets').errors[0]?.message).toContain('is a JSON object')
  })

  test.each([
    'k:=v',
    "k:='v'",
    'k:="v',
    'k:="v" w',
    'k:=1',
    'k:=["v"]',
    'k:={"a":"v"}',
    'k:="a\tb"',
    'k:="\\x"',
  ])('refuses %j', (text) => {
    expect(linesWithErrors(text)).toEqual([1])
  })
})

// The job may go on after the failed step, and print the refused values.
test.each([
  ['k:=fake-value', ['fake-value']],
  ['k:="fake-first', ['fake-first']],
  ['k:="fake"value"', ['fake"value"']],
  ['k:={"a": "fake-value", "b": [1, "fake-other"]}', ['fake-other', 'fake-value']],
  ['k:=["fake-value"]', ['fake-value']],
  ['k:=12345678', ['12345678']],
  ['key: fake-value', ['key: fake-value', 'fake-value']],
  ['key = "fake-value"', ['key = "fake-value"', 'key = "fake-value', '"fake-value"', 'fake-value']],
  ['export key=fake-value', ['export key=fake-value', 'fake-value']],
  ['  - key: 12345678', ['  - key: 12345678', '- key: 12345678', '12345678']],
  ['MIIEvQIBADANBgkqhkiG9w0BAQEFAASC', ['MIIEvQIBADANBgkqhkiG9w0BAQEFAASC']],
  // As a mask, it would garble the log.
  ['key: ab', []],
  [' # a comment', []],
  ['k:=ab', []],
  ['k:=true', []],
])('a value that is refused is masked: %s', (text, expected) => {
  const { entries, errors, onlyMasked } = readLinesMap(text, 'secrets')
  expect([entries, errors.length]).toEqual([[], 1])
  expect(onlyMasked?.map((value) => value.reveal())).toEqual(expected)
})

describe('anything else', () => {
  // Otherwise a part of a secret becomes a key, which every user of the workspace can read.
  test.each([
    ['YAML', 'key: value'],
    ['spaces around the key', 'key = value'],
    ['an indented key', '  key=value'],
    ['no assignment', 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC'],
    ['base64 with a slash before its padding', 'MIIEv/BADANB=='],
    ['a PEM header', '-----BEGIN PRIVATE KEY-----'],
    ['JSON', '  "private_key": "a=b",'],
    ['a closing brace', '}'],
    ['no key', '=value'],
    ['a key of 249 characters', `${'k'.repeat(249)}=v`],
    ['a key with a slash', 'a/b=v'],
    ['a key that is not ASCII', 'schlüssel=v'],
    ['two colons', 'key::=v'],
    ['an export', 'export KEY=value'],
    ['an indented comment', '  # a=b'],
  ])('is refused: %s', (_, line) => {
    expect(linesWithErrors(`ok=1\n${line}\nalso-ok=2`)).toEqual([2])
  })

  // Only "not a line of the map" would not help.
  test.each([
    ['a space in the key', 'db password=v', 'space in the key'],
    ['a space before the =', 'key = value', 'before the equals sign'],
    ['an indent', '  key=value', 'indented'],
    ['an indented colon', '  key: value', 'indented'],
    ['a colon', 'key: value', 'has a colon'],
    ['a colon without a space', 'key:value', 'has a colon'],
    ['a colon and a line break', 'key:', 'has a colon'],
    ['export', 'export KEY=value', 'export'],
    ['a list', '- key=value', 'a list has no names'],
    ['a JSON list', '["a"]', 'a list has no names'],
    ['an object that GitHub printed', 'Object', 'Write toJSON(secrets)'],
    ['a slash', 'team/key=value', 'a slash in the key'],
    ['no key', '=value', 'there is no key before the equals sign'],
    ['no key and JSON', ':="value"', 'there is no key before the equals sign'],
    ['the end of base64', '==', 'not a line of the map. Write key=value'],
    ['JSON after another line', '{"a":"b"}', 'must be the whole input'],
    ['JSON in lines after another', '{', 'must be the whole input'],
    ['an indented comment', ' # a', 'number sign'],
    ['the end of base64 with a slash', 'MIIEv/BADANB==', 'not a line of the map. Write key=value'],
    ['a PEM header', '-----BEGIN PRIVATE KEY-----', 'not a line of the map. Write key=value'],
  ])('says what is wrong with %s', (_, line, cause) => {
    const { errors } = readLinesMap(`ok=1\n${line}`, 'secrets')
    expect(errors.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^not a line of the map[:.]/),
    ])
    expect(errors[0]?.message).toContain(cause)
    expect(errors[0]?.name).toBeUndefined()
  })

  test('is not what a key may be', () => {
    expect(linesWithErrors(`A.b_c-9=v\n${'k'.repeat(248)}=v`)).toEqual([])
  })

  test('is never quoted', () => {
    const { errors } = readLinesMap('Fake-Piece-Of: a-secret\nk:="Fake-Piece-Of', 'secrets')
    expect(JSON.stringify(errors)).not.toMatch(/Fake|Piece|a-secret/)
    expect(errors).toHaveLength(2)
  })
})

// A line number does not help if an expression made the line. But a text that looks like a key may be a part of a secret.
describe('an empty secret', () => {
  function named(text: string): (string | undefined)[] {
    return readLinesMap(text, 'secrets').entries.map(({ location }) => location.name)
  }

  test.each([
    ['the only line', 'db-password=', ['db-password']],
    ['two of them', 'a=\ndb-password=  ', ['a', 'db-password']],
    ['a value before it', 'a=fake value\nkey=', [undefined, 'key']],
    ['a key with a dot', 'a=RmFrZUZha2VGYWtl\ndb.pass=', [undefined, 'db.pass']],
  ])('is named: %s', (_, text, names) => {
    expect(named(text)).toEqual(names)
  })

  test.each([
    ['the end of base64', 'k=RmFrZUZha2VGYWtl\nRmFrZUE='],
    ['the end of base64url', `k=${'RmFr'.repeat(19)}\nRm_rZUE=`],
    ['next to an invalid line', 'db-password=\nRmFr/ZUE'],
  ])('is not named: %s', (_, text) => {
    expect(named(text)).toEqual(named(text).map(() => undefined))
  })
})

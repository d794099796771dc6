import { describe, expect, test } from '@jest/globals'

import { readLines } from '../../src/secrets/lines.js'

/** The map as plain data; these are the only tests that look into values, which are made up. */
function read(text: string): [key: string, value: string, line: number | undefined][] {
  const { entries, errors } = readLines(text, 'secrets')
  expect(errors).toEqual([])
  return entries.map(({ key, value, location }) => [key, value.reveal().toString(), location.line])
}

function faultLines(text: string): (number | undefined)[] {
  return readLines(text, 'secrets').errors.map(({ line }) => line)
}

describe('key=value', () => {
  // Whoever writes a value that is not trimmed, unquoted or unescaped gets just that, or a login fails at night.
  test.each([
    ['trailing blanks', 'k=v  ', 'v  '],
    ['leading blanks', 'k=  v', '  v'],
    ['a tab at the end', 'k=v\t', 'v\t'],
    ['a quote at the beginning', 'k="v', '"v'],
    ['a quote at the end', "k=v'", "v'"],
    ['two kinds of quotes', `k="v'`, `"v'`],
    ['a quote alone', 'k="', '"'],
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
    ['a line separator that is no line break here', 'k=a\u2028b\u0085c', 'a\u2028b\u0085c'],
  ])('takes %s literally', (_, text, value) => {
    expect(read(text)).toEqual([['k', value, 1]])
  })

  // A workflow file with Windows line ends would put a CR at the end of every secret.
  test('leaves out the CR before an LF', () => {
    expect(read('a=1\r\nb=2\r\n')).toEqual([
      ['a', '1', 1],
      ['b', '2', 2],
    ])
  })

  // An editor that ends the last line in CR alone, or begins the file with a mark, would change the value or the key.
  test('leaves out a CR at the end, and a byte order mark at the beginning', () => {
    expect(read('\ufeffa=1\nb=2\r')).toEqual([
      ['a', '1', 1],
      ['b', '2', 2],
    ])
  })

  // The forgotten colon of `:=`, or a pasted .env: the quotes would be part of the password, and the step green.
  test.each(['k="v"', "k='v'", 'k=`v`', 'k=""', 'k= "v" ', 'k="a" "b"', 'k="a\\nb"\r\n'])(
    'refuses %j',
    (text) => {
      const { entries, errors, discarded } = readLines(text, 'secrets')
      expect(entries).toEqual([])
      expect(errors).toEqual([
        {
          input: 'secrets',
          line: 1,
          message: expect.stringMatching(/key:=.*without quotes/),
          kind: 'invalid-value',
        },
      ])
      expect(discarded).toHaveLength(1)
    },
  )

  test('takes quotes in key:=', () => {
    expect(read('k:="\\"v\\""')).toEqual([['k', '"v"', 1]])
  })

  // The line number is all that a user has to find a fault by.
  test('skips empty lines and comments, and counts them', () => {
    expect(read('\n# comment=1\n\n  \na=1\n')).toEqual([['a', '1', 5]])
  })
})

describe('key:=JSON', () => {
  // This is the form that carries any value at all: a PEM key that lost its line breaks opens no door.
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

  // A missing secret that was put as an empty one would break whatever reads it, days later.
  test.each(['k:=null', 'k:=', 'k:= \t', 'k:=\r\n'])('reports %j as a secret that is not visible', (text) => {
    const { entries, errors } = readLines(text, 'secrets')
    expect(entries).toEqual([])
    expect(errors).toMatchObject([{ input: 'secrets', line: 1, name: 'k', cause: 'not-visible' }])
    expect(errors[0]?.message).toContain('not visible')
  })

  test('says that an object is one', () => {
    expect(readLines('k:={"a":"v"}', 'secrets').errors[0]?.message).toContain('is a JSON object')
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
    expect(faultLines(text)).toEqual([1])
  })
})

// The job goes on after a failed step where it says so, and may print what this step could not use.
test.each([
  ['k:=fake-value', ['fake-value']],
  ['k:="fake-first', ['fake-first']],
  ['k:="fake"value"', ['fake"value"']],
  ['k:={"a": "fake-value", "b": [1, "fake-other"]}', ['fake-other', 'fake-value']],
  ['k:=["fake-value"]', ['fake-value']],
  // As a mask, it would hide other words.
  ['k:=ab', []],
  ['k:=true', []],
])('a value that is refused is masked: %s', (text, expected) => {
  const { entries, errors, discarded } = readLines(text, 'secrets')
  expect([entries, errors.length]).toEqual([[], 1])
  expect(discarded?.map((value) => value.reveal())).toEqual(expected)
})

describe('anything else', () => {
  // A piece of somebody's secret would become the name of a secret, which every user of the workspace can read.
  test.each([
    ['YAML', 'key: value'],
    ['blanks around the key', 'key = value'],
    ['an indented key', '  key=value'],
    ['no assignment', 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC'],
    ['base64 with a slash before its padding', 'MIIEv/BADANB=='],
    ['a PEM header', '-----BEGIN PRIVATE KEY-----'],
    ['JSON', '  "private_key": "a=b",'],
    ['a closing brace', '}'],
    ['no key', '=value'],
    ['a key of 129 characters', `${'k'.repeat(129)}=v`],
    ['a key with a slash', 'a/b=v'],
    ['a key that is not ASCII', 'schlüssel=v'],
    ['a colon too many', 'key::=v'],
    ['an export', 'export KEY=value'],
    ['an indented comment', '  # a=b'],
  ])('is refused: %s', (_, line) => {
    expect(faultLines(`ok=1\n${line}\nalso-ok=2`)).toEqual([2])
  })

  // "Not a line of the map" alone has people look at the wrong thing.
  test.each([
    ['a blank in the key', 'db password=v', 'blank in the key'],
    ['a blank before the =', 'key = value', 'before the equals sign'],
    ['an indent', '  key=value', 'indented'],
    ['an indented colon', '  key: value', 'indented'],
    ['a colon', 'key: value', 'has a colon'],
    ['a colon without a blank', 'key:value', 'has a colon'],
    ['a colon and a line break', 'key:', 'has a colon'],
    ['export', 'export KEY=value', 'export'],
    ['a list', '- key=value', 'a list has no names'],
    ['a JSON list', '["a"]', 'a list has no names'],
    ['an object that GitHub printed', 'Object', 'Write toJSON(secrets)'],
    ['a slash', 'team/key=value', 'a slash in the key'],
    ['no key', '=value', 'there is no key before the equals sign'],
    ['no key and JSON', ':="value"', 'there is no key before the equals sign'],
    ['the end of base64', '==', 'not a line of the map. Write key=value'],
    ['JSON behind another line', '{"a":"b"}', 'has to be the whole input'],
    ['JSON in lines behind another', '{', 'has to be the whole input'],
    ['an indented comment', ' # a', 'number sign'],
    ['the end of base64 with a slash', 'MIIEv/BADANB==', 'not a line of the map. Write key=value'],
    ['a PEM header', '-----BEGIN PRIVATE KEY-----', 'not a line of the map. Write key=value'],
  ])('says what is wrong with %s', (_, line, cause) => {
    const { errors } = readLines(`ok=1\n${line}`, 'secrets')
    expect(errors.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^not a line of the map[:.]/),
    ])
    expect(errors[0]?.message).toContain(cause)
    expect(errors[0]?.name).toBeUndefined()
  })

  test('is not what a key may be', () => {
    expect(faultLines(`A.b_c-9=v\n${'k'.repeat(128)}=v`)).toEqual([])
  })

  test('is never quoted', () => {
    const { errors } = readLines('Fake-Piece-Of: a-secret\nk:="Fake-Piece-Of', 'secrets')
    expect(JSON.stringify(errors)).not.toMatch(/Fake|Piece|a-secret/)
    expect(errors).toHaveLength(2)
  })
})

// A number says little of a line that an expression made; but what looks like a key may be a piece of a secret.
describe('an empty secret', () => {
  function named(text: string): (string | undefined)[] {
    return readLines(text, 'secrets').entries.map(({ location }) => location.name)
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
    ['beside a line that is none', 'db-password=\nRmFr/ZUE'],
  ])('is not named: %s', (_, text) => {
    expect(named(text)).toEqual(named(text).map(() => undefined))
  })
})

import { describe, expect, test } from '@jest/globals'

import { readLines } from '../../src/secrets/lines.js'

/** The map as plain data; these are the only tests that look into values, which are made up. */
function read(text: string): [key: string, value: string, line: number | undefined][] {
  const { entries, faults } = readLines(text, 'secrets')
  expect(faults).toEqual([])
  return entries.map(({ key, value, place }) => [key, value.reveal().toString(), place.line])
}

function faultLines(text: string): (number | undefined)[] {
  return readLines(text, 'secrets').faults.map(({ line }) => line)
}

describe('key=value', () => {
  // Whoever writes a value that is not trimmed, unquoted or unescaped gets just that, or a login fails at night.
  test.each([
    ['trailing blanks', 'k=v  ', 'v  '],
    ['leading blanks', 'k=  v', '  v'],
    ['a tab at the end', 'k=v\t', 'v\t'],
    ['double quotes', 'k="v"', '"v"'],
    ['single quotes', "k='v'", "'v'"],
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
  test('reports null as a secret that is not visible', () => {
    const { entries, faults } = readLines('k:=null', 'secrets')
    expect(entries).toEqual([])
    expect(faults).toMatchObject([{ input: 'secrets', line: 1 }])
    expect(faults[0]?.message).toContain('not visible')
  })

  test.each([
    'k:=',
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

  test('is not what a key may be', () => {
    expect(faultLines(`A.b_c-9=v\n${'k'.repeat(128)}=v`)).toEqual([])
  })

  test('is never quoted', () => {
    const { faults } = readLines('Fake-Piece-Of: a-secret\nk:="Fake-Piece-Of', 'secrets')
    expect(JSON.stringify(faults)).not.toMatch(/Fake|Piece|a-secret/)
    expect(faults).toHaveLength(2)
  })
})

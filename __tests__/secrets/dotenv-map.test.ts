import { parseEnv } from 'node:util'

import { describe, expect, test } from '@jest/globals'
import { parse } from 'dotenv'
import fc from 'fast-check'

import { readDotenvMap } from '../../src/secrets/dotenv-map.js'

function read(text: string): { map: [name: string, value: string][]; lines: number[] } {
  const { members, errors } = readDotenvMap(text, 'secrets-file')
  return {
    map: members.map(({ name, value }) => [name, value?.reveal().toString() ?? '']),
    lines: errors.map(({ line }) => line ?? 0),
  }
}

function valueOf(line: string): string | undefined {
  const { map, lines } = read(line)
  expect(lines).toEqual([])
  expect(map).toHaveLength(1)
  return map[0]?.[1]
}

describe('a dotenv file', () => {
  test.each([
    ['K=fake', 'fake'],
    ['export K=fake', 'fake'],
    ['K=two words', 'two words'],
    ['K=a=b==', 'a=b=='],
    ['K={"a":"b"}', '{"a":"b"}'],
    ["K=it's", "it's"],
    ['K=fake\r\n', 'fake'],
    ["K='fake'", 'fake'],
    ['K="fake" # comment', 'fake'],
    ["K='pa$$#\\w\"`'", 'pa$$#\\w"`'],
    ['K="a\\nb"', 'a\nb'],
    ['K="a\nb"', 'a\nb'],
    ["K='a\n\nX=1\n# b\n'", 'a\n\nX=1\n# b\n'],
    ["K=' fake '", ' fake '],
    ['K=', ''],
    ['K=""', ''],
  ])('reads %j', (line, value) => {
    expect(valueOf(line)).toBe(value)
  })

  test('keeps the order and repeats of names, numbers and __proto__ among them', () => {
    expect(read('b=1\n2=2\n\n# c=3\n  # d=4\n1=5\n__proto__=6\nb=7\n')).toEqual({
      map: [
        ['b', '1'],
        ['2', '2'],
        ['1', '5'],
        ['__proto__', '6'],
        ['b', '7'],
      ],
      lines: [],
    })
  })

  // For each of these, at least one parser reads other bytes than the others, so the intended value is unknown.
  test.each([
    ['a # in a plain value', 'K=fake#piece'],
    ['a comment after a plain value', 'K=fake # comment'],
    ['a $ in a plain value', 'K=pa$word'],
    ['a backslash in a plain value, as sops writes a line break', 'K=a\\nb'],
    ['a space before a plain value', 'K= fake'],
    ['a space after a plain value', 'K=fake '],
    ['a no-break space after a plain value', 'K=fake\u00a0'],
    ['backticks', 'K=`fake`'],
    ['escaped quotes', 'K="a\\"b"'],
    ['escaped quotes in single quotes', "K='a\\'b'"],
    ['a backslash before the end of single quotes', "K='a\\'"],
    ['two backslashes', 'K="a\\\\nb"'],
    ['two backslashes in single quotes', "K='a\\\\b'"],
    ['an escaped carriage return', 'K="a\\r\\nb"'],
    ['a $ in double quotes', 'K="${OTHER}"'],
    ['CR LF within quotes', 'K="a\r\nb"'],
    ['a lone carriage return', 'K=a\rL=b'],
    ['a lone carriage return in a comment', '# a\rK=b'],
    ['U+2028', 'K=a\u2028L=b'],
    ['a NUL', 'K=a\u0000b'],
    ['spaces around the =', 'K = fake'],
    ['a space before the name', ' K=fake'],
    ['YAML', 'K: fake'],
    ['a name alone', 'K'],
    ['export alone', 'export K'],
    ['an invalid name', 'K[0]=fake'],
    ['quotes that are not closed', 'K="fake'],
    ['text after the quotes', 'K="fake"piece'],
    ['a comment that touches the quotes', 'K="fake"#piece'],
  ])('refuses %s', (_, text) => {
    expect(read(`A=1\n${text}`).lines[0]).toBe(2)
    // Valid lines are still read, so that they are masked, and the line numbers stay right.
    const { map, lines } = read(`A=1\nM='two\nlines'\n${text}\nZ=fake-z\nnone`)
    expect(map).toEqual(
      expect.arrayContaining([
        ['A', '1'],
        ['M', 'two\nlines'],
        ['Z', 'fake-z'],
      ]),
    )
    expect([lines[0], lines.at(-1)]).toEqual([4, 6 + (text.match(/\n/g) ?? []).length])
  })

  // Otherwise the lines of a key become names of secrets, which everyone can read.
  test('refuses a key that was pasted without quotes, and trusts no name in the file', () => {
    const pem = '-----BEGIN FAKE KEY-----\nRmFrZUZha2VGYWtl\nRmFrZQ==\n-----END FAKE KEY-----'
    expect(read(`K=${pem}`).lines).toEqual([2, 4])
    expect(readDotenvMap(`K=${pem}`, 'secrets-file').namesAreReliable).toBe(false)
    expect(readDotenvMap('K=RmFrZUZha2VGYWtl\nRmFrZQ==', 'secrets-file').namesAreReliable).toBe(false)
    expect(readDotenvMap('K=RmFrZUZha2VGYWtl\nRmFrZUE=', 'secrets-file').namesAreReliable).toBe(false)
    expect(readDotenvMap('K=RmFrZUZha2VGYWtl', 'secrets-file').namesAreReliable).toBe(true)
  })

  // Refused values are still secrets, and later steps of the job may print them.
  test('returns refused values, so that they are masked', () => {
    const { onlyMasked } = readDotenvMap('K=fake#piece\nnot-a-line\nL="fake-open\nM=1', 'secrets-file')
    expect(onlyMasked.map((value) => value.reveal())).toEqual([
      'fake#piece',
      'fake',
      'not-a-line',
      'fake-open',
    ])
  })

  // A parser in a later step may read and print one of these values.
  test.each([
    ['K="fake$value"', 'fake$value'],
    ['K="fake\\"value"', 'fake"value'],
    ["K='fake\\\\value'", 'fake\\value'],
    ['K=fake-value # comment', 'fake-value'],
    ['K=pa#s', 'pa#s'],
    ['K: "fake-value"', 'fake-value'],
    ['K = fake-value', 'fake-value'],
  ])('returns the possible values of %j, so that they are masked', (text, expected) => {
    const { members, onlyMasked } = readDotenvMap(text, 'secrets-file')
    expect(members).toEqual([])
    expect(onlyMasked.map((value) => value.reveal())).toContain(expected)
  })

  test('never quotes what it refuses', () => {
    for (const text of [
      'K=Fake#Piece',
      'Fake-Piece',
      'Fake Piece=1',
      'K="Fake',
      'K="Fa$ke"',
      "K='Fake\\\\'",
    ]) {
      const { errors } = readDotenvMap(text, 'secrets-file')
      expect(errors).toHaveLength(1)
      expect(JSON.stringify(errors)).not.toMatch(/Fake|Piece|Fa\$ke/)
    }
  })

  // A regular expression with backtracking would hang on such a file.
  test('reads large values, valid and invalid', () => {
    const long = `${'\\n'.repeat(200_000)}\n"'`.repeat(2)
    expect(read(`K="${long}`).lines.length).toBeGreaterThan(0)
    expect(valueOf(`K="${'\\n'.repeat(400_000)}"`)).toBe('\n'.repeat(400_000))
    expect(valueOf(`K='${'x\n'.repeat(400_000)}'`)).toBe('x\n'.repeat(400_000))
  })
})

/** Pieces that mean something to one reader or the other. */
const piece = fc.constantFrom(
  ...[
    'a',
    'B',
    ' ',
    '\t',
    '#',
    ' #',
    '=',
    '"',
    "'",
    '`',
    '\\',
    '\\n',
    '\\"',
    '$',
    '${A}',
    '\n',
    '\r\n',
    '\r',
  ],
  ...['{', '}', ':', 'é', '🔑', '\u2028', '\u00a0', 'export ', 'K', '-'],
)

/** A writer that knows only what all readers agree on. */
function write(name: string, value: string): string | undefined {
  if (/^[\w=:{}é🔑-][\w =:{}'"é🔑-]*$/u.test(value) && value.trim() === value) return `${name}=${value}`
  if (/[\r\u2028]/.test(value)) return undefined
  if (!/'|\\\\|\\$/.test(value)) return `${name}='${value}'`
  return /["$\\]/.test(value) ? undefined : `${name}="${value.replaceAll('\n', '\\n')}"`
}

describe('for any text', () => {
  // Otherwise the step succeeds with a changed value, and a login fails later.
  test('it reads the same value of a line as Node and dotenv', () => {
    let read = 0
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.constantFrom('', '"', "'"), (pieces, quote) => {
        const text = `K=${quote}${pieces.join('')}${quote}`
        const { members, errors } = readDotenvMap(text, 'secrets-file')
        if (errors.length > 0 || members.length !== 1) return
        read++
        const value = members[0]?.value?.reveal()
        expect([text, parse(text)]).toEqual([text, { K: value }])
        // Node reads an indented comment with a "=" as a name.
        expect([text, parseEnv(text)['K']]).toEqual([text, value])
      }),
      { numRuns: 5_000 },
    )
    expect(read).toBeGreaterThan(500)
  })

  test('it reads exactly the values of a valid file, like Node and dotenv', () => {
    fc.assert(
      fc.property(fc.array(fc.array(piece, { maxLength: 12 }), { maxLength: 8 }), (values) => {
        const map = values.map((pieces, index): [string, string] => [`K${index}`, pieces.join('')])
        const written = map.flatMap(([name, value]) => {
          const line = write(name, value)
          return line === undefined ? [] : [{ name, value, line }]
        })
        const text = written.map(({ line }) => `${line}\n`).join('# a comment\n')
        const expected = written.map(({ name, value }) => [name, value])
        expect(read(text)).toEqual({ map: expected, lines: [] })
        expect(parse(text)).toEqual(Object.fromEntries(expected))
        expect(parseEnv(text)).toEqual(Object.fromEntries(expected))
      }),
      { numRuns: 1_000 },
    )
  })
})

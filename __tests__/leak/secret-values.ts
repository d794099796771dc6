import fc from 'fast-check'

/** Text that is no coincidence when it is found: at least four different characters that are not blank. */
function isTelling(text: string): boolean {
  return new Set(text.replace(/\s/g, '')).size >= 4
}

const printable = fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code))
const word = fc.string({ unit: printable, minLength: 6, maxLength: 40 }).filter(isTelling)
const hexWord = fc
  .uint8Array({ minLength: 6, maxLength: 20 })
  .map((bytes) => Buffer.from(bytes).toString('hex'))
  .filter(isTelling)

/** Under four characters, of letters that no message of ours has. */
const short = fc.string({ unit: fc.constantFrom('Ω', 'ж', '¤', '字', '€', 'ß'), minLength: 1, maxLength: 3 })

const unicode = fc
  .string({ unit: 'grapheme', minLength: 6, maxLength: 30 })
  .filter((text) => isTelling(text) && !text.includes('\ufffd') && !/^\s|\s$/.test(text))

/** What a runner, a shell, a template, Markdown or a terminal would act on. */
const hostile = fc
  .tuple(
    word,
    fc.constantFrom(
      ...[
        '::error::',
        '\n::add-mask::',
        '##[error]',
        '%0A::debug::',
        '%25',
        '***',
        '$&',
        "$'",
        '%',
        '\\',
        '`',
      ],
      ...['|', '\0', '\u202e', '<b>', '&amp;', '"', "'", '${{ x }}', '{{', '\u2028', '\t', '\u001b[31m'],
    ),
    word,
  )
  .map((parts) => parts.join(''))

const lineEnd = fc.constantFrom('\n', '\r\n', '\r', '\n\n')
const lines = fc
  .tuple(
    fc.array(fc.oneof(word, unicode, fc.constantFrom('{', '}', 'ab', ' ')), { minLength: 1, maxLength: 5 }),
    word,
    lineEnd,
  )
  .chain(([some, last, end]) => fc.constantFrom([...some, last].join(end), [...some, last].join(end) + end))

const json = fc
  .tuple(
    fc.dictionary(
      fc.constantFrom('user', 'key', 'more'),
      fc.oneof(word, lines, fc.integer(), fc.array(word)),
      { minKeys: 1 },
    ),
    word,
    fc.constantFrom(undefined, 2, '\t'),
  )
  .map(([object, inner, indent]) => JSON.stringify({ ...object, nested: { inner } }, undefined, indent))

const pem = fc
  .uint8Array({ minLength: 60, maxLength: 300 })
  .map((bytes) => Buffer.from(bytes).toString('base64').replace(/.{64}/g, '$&\n'))
  .map((body) => `-----BEGIN FAKE KEY-----\n${body}\n-----END FAKE KEY-----\n`)

const base64 = fc
  .uint8Array({ minLength: 8, maxLength: 60 })
  .map((bytes) => Buffer.from(bytes).toString('base64'))
  .filter(isTelling)

const text = fc.oneof(
  { arbitrary: short, weight: 1 },
  ...[word, hexWord, unicode, hostile, lines, json, pem, base64].map((arbitrary) => ({
    arbitrary,
    weight: 2,
  })),
  word.map((inner) => `"${inner}"`),
  word.map((inner) => ` '${inner}'\t`),
  word.map((inner) => `\u0301${inner}`),
)

/** Bytes that are no text. */
const binary = fc
  .uint8Array({ minLength: 10, maxLength: 80 })
  .map((bytes) => Buffer.from([0xff, 0xc3, ...bytes, 0x00]))
  .filter((bytes) => new Set(bytes).size > 6)

/** Values such as people have and attackers make, without a bias to simple ones: these are found by chance. */
export const secretValue: fc.Arbitrary<Buffer> = fc.noBias(
  fc.oneof(
    { arbitrary: text.map((value) => Buffer.from(value)), weight: 9 },
    { arbitrary: binary, weight: 1 },
  ),
)

/** Values of which a key of Databricks could have the name, as most tokens are. */
export const nameLikeValue: fc.Arbitrary<string> = fc.noBias(
  fc
    .string({
      unit: printable.filter((character) => /[\w.-]/.test(character)),
      minLength: 16,
      maxLength: 40,
    })
    .filter((value) => new Set(value.toLowerCase()).size > 8),
)

/** A value of 131,072 bytes, the most that Databricks takes, in one line or in many. */
export const longestValue: fc.Arbitrary<Buffer> = fc
  .tuple(fc.noBias(fc.uint8Array({ minLength: 64, maxLength: 64 })), fc.boolean())
  .map(([seed, oneLine]) => {
    const line = Buffer.from(seed).toString('base64')
    const numbered = Array.from({ length: 2_000 }, (_, n) => `${n}${line}`)
    return Buffer.from(numbered.join(oneLine ? '' : '\n').slice(0, 131_072))
  })

/** One value at least of each kind that went wrong or may well do so, whatever the seed. */
export const examples: readonly Buffer[] = [
  '\u0301fake-acute',
  '\u0903fake-visarga',
  Buffer.from('3082ff00fec3a9c328fe8081d0f5a7', 'hex'),
  Buffer.from('\ufefffake-windows: wörd\r\n', 'utf16le'),
  Buffer.from('\ufefffake-motorola: wörd', 'utf16le').swap16(),
  '\ufeff{"key": "fake\\u002dbehind/mark"}',
  JSON.stringify({ outer: JSON.stringify({ inner: 'fake "inner" <leaf>' }) }),
  `-----BEGIN FAKE KEY-----\n${Buffer.from('fake key '.repeat(9)).toString('base64')}\n-----END FAKE KEY-----\n`,
  'fake-first\r\nfake-second\r\n',
  `'fake-in-quotes'`,
  '"fake-in-more"',
  'fake/a b',
  'we do as it is so go',
  '\u0085fake-next\u0085line\u0085',
  'fake-nul\0byte',
  'Ωж字',
  'ж€',
  '¤',
].map((value) => (typeof value === 'string' ? Buffer.from(value) : value))

import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { createContext, runInContext } from 'node:vm'

import { beforeAll, describe, expect, test } from '@jest/globals'

import { SecretValue } from '../../../src/secret-value.js'
import { allEscapesOf } from '../../../src/secrets/masks/escapes.js'
import { planMasks } from '../../../src/secrets/masks/mask-plan.js'
import { maskProblem } from '../../../src/secrets/masks/mask-problem.js'
import { allFormsOf } from '../../../src/secrets/masks/value-forms.js'
import { innerTextsOf } from '../../../src/secrets/masks/value-parts.js'
import { LATER_FORMS } from '../../leak/later-forms.js'
import { LaterStep } from '../../leak/later-step.js'
import { trim } from '../../runner/dotnet-text.js'

function masksOf(...values: (string | Buffer)[]): string[] {
  return [...planMasks(values.map((value) => ({ value: new SecretValue(value) }))).masks]
}

/** What the runner shows of a text that a later step prints between others. */
function shownLater(text: string, ...values: (string | Buffer)[]): string {
  return LaterStep.with(masksOf(...values))
    .shown([`(${text})`])
    .join('\n')
}

/** As Windows writes text. */
function utf16(text: string): Buffer {
  return Buffer.from(`\ufeff${text}`, 'utf16le')
}

describe('the masks', () => {
  test.each([
    ['a value of one line whole', 'fake-value', 'fake-value'],
    ['a value whole, however short', 'x', 'x'],
    ['what a line break at its end leaves', 'x\r\n', 'x'],
    ['blanks around it', '  blanks  ', '  blanks  '],
    ['and what a tool leaves of these', '  blanks  ', 'blanks'],
    ['what stands between quotes', '"fake-value"', 'fake-value'],
    ['and between single ones', " 'fake-value'\n", 'fake-value'],
    ['each line of a longer value', '-----BEGIN FAKE-----\nabcd\r\nefgh\rijkl\n', 'ijkl'],
    ['a string of a JSON value, decoded', '{"a": {"b": ["fake\\u002dleaf"]}}', 'fake-leaf'],
    ['the lines of such a string', '{"key": "fake-one\\nfake-two"}', 'fake-two'],
    // A JSON document may be a string, or begin with the byte order mark of Windows.
    ['a string in a list', '["fake\\u002dleaf"]', 'fake-leaf'],
    ['a string that is all of a document', '"fake\\u002dleaf"', 'fake-leaf'],
    ['a string of JSON behind a byte order mark', '\ufeff{"a":"fake\\u002dleaf"}', 'fake-leaf'],
    ['a text without its byte order mark', '\ufefffake-value', 'fake-value'],
    ['a value that begins with a combining character', '\u0903fake', '\u0903fake'],
    ['a string of JSON inside of JSON', JSON.stringify({ a: '{"b":"fake-leaf"}' }), 'fake-leaf'],
    ['a repeated member that JSON.parse forgets', '{"a": "fake-first", "a": "fake-last"}', 'fake-first'],
    // The output of a shell, Python and OpenSSL for `fake-value`, without the ends that depend on the bytes around.
    ['base64', 'fake-value', 'ZmFrZS12YWx1Z'],
    ['base64 of a text that it stands in', 'fake-value', 'Zha2UtdmFsdW'],
    ['base64url', '~~~fake???', 'fn5-ZmFrZT8_P'],
    ['hex', 'fake-value', '66616b652d76616c7565'],
    ['hex in upper case', 'fake-value', '66616B652D76616C7565'],
    ['percent forms with lower-case digits', 'fake/välue', 'fake%2fv%c3%a4lue'],
    ['the form of a browser', 'fake väl(ue)', 'fake+v%C3%A4l%28ue%29'],
    ["the URL's form of a whole value of several lines", 'fake-a\nb', 'fake-a%0ab'],
    ["Python's JSON", 'fake-"é', 'fake-\\"\\u00e9'],
    ["Go's JSON", '<fake>', '\\u003cfake\\u003e'],
    ["Python's HTML", "it's <fake>", 'it&#x27;s &lt;fake&gt;'],
    // A handwritten page, PHP before 8.1: the other quote stays.
    ['HTML with double quotes escaped alone', `it's "fake"`, "it's &quot;fake&quot;"],
    ["Python's HTML of both quotes", `it's "fake"`, 'it&#x27;s &quot;fake&quot;'],
    ["Go's HTML of both quotes", `it's "fake"`, 'it&#39;s &#34;fake&#34;'],
    ["everybody else's HTML of both quotes", `it's "fake"`, 'it&#39;s &quot;fake&quot;'],
    ['HTML with the quotes left', `it's "<fake>"`, `it's "&lt;fake&gt;"`],
    ["PHP's JSON", 'fake/"a', 'fake\\/\\"a'],
    ["Go's JSON of text that is not ASCII", '‹fake>é', '‹fake\\u003eé'],
    ["Go's JSON of ASCII alone", '‹fake>é', '\\u2039fake\\u003e\\u00e9'],
    ['a trace of bash', "it's-fake", "it'\\''s-fake"],
    ['the text of a text file', Buffer.from('fäke-text\n'), 'fäke-text'],
    // PowerShell's `>` writes such text, and its readers print it like any other text.
    ['a line of UTF-16', utf16('fäke-one\r\nfake-two'), 'fäke-one'],
    ['a line of big-endian UTF-16', utf16('fäke-one\r\nfake-two').swap16(), 'fake-two'],
    ['a string of JSON in UTF-16', utf16('{"a":"fake\\u002dleaf"}'), 'fake-leaf'],
    ['the base64 of UTF-16', utf16('fake'), utf16('fake').toString('base64')],
    ['the base64 of other bytes', Buffer.from([0x30, 0x82, 0xff, 0xfe, 0x30, 0x82]), 'MIL//jCC'],
  ])('hide %s', (_, value, form) => {
    expect(shownLater(trim(form), value)).toBe('(***)')
    expect(allFormsOf([new SecretValue(value)])).toContain(form)
  })

  // Libraries encode a value in a URL differently. Each of these forms is from only one library.
  test.each([
    ['.NET and a strict Python', 'fake~!/a b', 'fake~%21%2Fa%20b'],
    ['encodeURIComponent', 'fake!/a b', 'fake!%2Fa%20b'],
    ["Python's quote", 'fake/a b!', 'fake/a%20b%21'],
    ["Python's quote, as short as it is", 'fake/a b', 'fake/a%20b'],
    ['encodeURI', 'fake;a(b c', 'fake;a(b%20c'],
    ["Go's QueryEscape", 'fake~a b*', 'fake~a+b%2A'],
    ['a browser and Java', 'fake~a b*', 'fake%7Ea+b*'],
    ['PHP', 'fake~a b*', 'fake%7Ea+b%2A'],
  ])('hide the URL form of %s', (_, value, form) => {
    const lower = form.replace(/%../g, (each) => each.toLowerCase())
    expect([form, lower].map((each) => shownLater(each, value))).toEqual(['(***)', '(***)'])
    expect(allFormsOf([new SecretValue(value)])).toEqual(expect.arrayContaining([form, lower]))
  })

  // `echo "$KEY" | base64` breaks its lines, and the runner works line by line.
  test.each([
    [64, Buffer.from('fake '.repeat(40)).toString('base64').slice(64, 128)],
    [76, Buffer.from('fake '.repeat(40)).toString('base64').slice(76, 152)],
    [60, Buffer.from('fake '.repeat(40)).toString('hex').slice(60, 120)],
  ])('hold the lines of a long encoding: %d characters', (_, line) => {
    expect(shownLater(line, 'fake '.repeat(40))).toMatch(/^\(\*+\)$/)
  })

  // If all forms have long parts in common, only these parts are masked, and little else is shown.
  test.each(LATER_FORMS)('hide random keys in base64 and base64url: $name', (form) => {
    for (const length of [24, 32, 40, 64]) {
      for (const encoding of ['base64', 'base64url'] as const) {
        const value = randomBytes(length).toString(encoding)
        const left = LaterStep.with(masksOf(value)).leftOf(form, Buffer.from(value))
        expect([left, length, encoding, left && `fake ${value}`]).toEqual([
          undefined,
          length,
          encoding,
          undefined,
        ])
      }
    }
  })

  test.each([
    [
      'ordinary words',
      'http://administrator:password@databaseserver/productiondatabase',
      'productiondatabase',
    ],
    ['words between random ones', `Ab3${'x9Y'.repeat(20)}/administrator`, 'administrator'],
  ])('are not parts of a value that may be words: %s', (_, value, word) => {
    expect(masksOf(value)).not.toContain(word)
    expect(
      shownLater(value.replaceAll('/', '%2F').replaceAll(':', '%3A').replaceAll('@', '%40'), value),
    ).toBe('(***)')
  })

  // Only `base64` and `xxd -p` print a key store, so these lines must be masked.
  test('contain the encoded lines of binary values', () => {
    const bytes = Buffer.from(Array.from({ length: 100 }, (_, index) => (index * 37 + 0x82) % 256))
    const base64 = bytes.toString('base64')
    const hex = bytes.toString('hex')
    const lines = [base64.slice(0, 64), base64.slice(0, 76), base64.slice(64), base64.slice(76)]
    for (const line of lines) expect(shownLater(line, bytes)).toMatch(/^\(\*+.?={0,2}\)$/)
    expect(masksOf(bytes)).toEqual(expect.arrayContaining([hex.slice(60, 120), hex.slice(180).toUpperCase()]))
  })

  // `{` as a mask would turn every brace of the job's log into `***` (actions/runner issue 326).
  test.each([
    ['a JSON document', JSON.stringify({ a: 'fake-leaf', b: { c: [1, 'ab'] } }, null, 2)],
    ['short lines', 'ab\n  c \n{\n}\nfake-line\n'],
    ['Windows line ends', 'ab\r\nfake-line\r\n'],
    ['a short string in quotes', '"ab"'],
    // U+0085 is white space for the runner, but not for JavaScript: only the brace would be left as a mask.
    ['white space of .NET', '"\u0085\u0085{\u0085\nfake-line"'],
    ['white space of .NET around the strings of JSON', '["\u0085\u0085\u0085ab","fake-leaf"]'],
    ['white space of JavaScript', '"\ufeff\ufeff\ufeff{\nfake-line"'],
  ])('hold nothing under four characters of a longer value, and no line break: %s', (_, value) => {
    const masks = masksOf(value).filter((mask) => mask !== value)
    const trims = [(mask: string) => mask.trim(), trim]
    expect(masks.filter((mask) => trims.some((each) => each(mask).length < 4))).toEqual([])
    expect(masks.filter((mask) => /[\r\n]/.test(mask))).toEqual([])
    expect(masks.length).toBeGreaterThan(0)
  })

  // A log without the words true, false and null is hard to read.
  test('do not contain the words of JSON', () => {
    const masks = masksOf('{"a": "true", "b": ["false", {"c": "null"}], "d": "fake-leaf"}')
    expect(masks).toContain('fake-leaf')
    expect(masks.filter((mask) => /^(true|false|null|74727565)$/.test(mask))).toEqual([])
  })

  // The base64 of two letters occurs in every log by chance.
  test.each([
    ['ab', ['ab']],
    ['abc', ['abc', '616263']],
    ['  é ', ['  é ', '20 20 c3 a9 20']],
    [Buffer.from('ab\n'), ['ab', '61620a']],
    ['a\nb', []],
  ])(
    'hold of a value of fewer than four characters itself, and no form of less than six: %j',
    (value, some) => {
      const masks = masksOf(value)
      expect(masks).toEqual(
        expect.arrayContaining(some.map((mask) => mask.replaceAll(/ (?=[\da-f]{2})/g, ''))),
      )
      expect(masks.filter((mask) => mask.length < 6 && !some.includes(mask))).toEqual([])
    },
  )

  // Masks are registered when all are computed. If that took minutes, a process next to it could print a value. Too many
  // masks would slow down the runner.
  test.each([
    ['quotes', '"'.repeat(131_072)],
    ['single quotes', "'".repeat(131_072)],
    ['blanks before a letter', `${' '.repeat(131_071)}x`],
    ['blanks before a word', `${' '.repeat(131_068)}fake`],
    ['quotes that JSON takes for the end', `["${'\\"'.repeat(65_534)}"]`],
  ])('of the longest value are ready in time and few: %s', (_, value) => {
    const { length } = masksOf(value)
    expect(length).toBeGreaterThan(0)
    expect(length).toBeLessThan(120)
  })

  // They are in every log, and their masks would make it unreadable.
  test('do not contain the names of the members of a JSON value', () => {
    expect(masksOf('{"private_key" : "fake-leaf", "x": {"client_email":"fake-mail"}}')).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(private_key|client_email)$/)]),
    )
  })

  test('are sorted by length, without duplicates or blank masks', () => {
    const masks = masksOf('fake', 'fake-longer', 'fake', ' ', '\n\n', '')
    expect(masks.map(({ length }) => length)).toEqual(masks.map(({ length }) => length).sort((a, b) => b - a))
    expect(new Set(masks).size).toBe(masks.length)
    expect(masks.filter((mask) => mask.trim() === '')).toEqual([])
  })
})

describe('a value that masks do not protect well', () => {
  // Without a warning, a later step may print it.
  test.each([
    ['fake', undefined],
    ['abc', 'garbles'],
    ['  x  ', 'garbles'],
    ['abc\ndef', 'absent'],
    ['abc\nfake-line', undefined],
    ['main', 'garbles'],
    ['TRUE\n', 'garbles'],
    ['maintenance', undefined],
    ['fake##[error]rest', 'command'],
    ['::Notice file=a::rest', 'command'],
    ['fake-line\n  ::debug::rest', 'command'],
    // For the runner, these are text.
    ['fake ::error::rest', undefined],
    ['fake##[fake]rest', undefined],
  ])('%j: %s', (value, problem) => {
    expect(maskProblem(new SecretValue(value))).toBe(problem)
  })
})

// The runner processes commands before it masks, so a mask of the whole value does not hide their text.
describe('a value with a workflow command', () => {
  test.each([
    'fake##[error]fake-rest',
    'fake##[error file=a;line=1]fake-rest',
    '::error::fake-rest',
    '  ::WARNING title=a b::fake-rest',
    '::debug::fake%25rest%0Afake-second',
    'fake##[group]fake%3Brest%5D',
    'fake-line\n##[notice]fake-rest',
    '{"a":"##[error]fake-rest"}',
  ])('shows nothing of it when a later step prints it: %j', (value) => {
    const shown = LaterStep.with(masksOf(value)).shown(value.split('\n')).join('\n')
    expect(shown).toContain('***')
    expect(shown).not.toMatch(/fake|rest|second/)
  })
})

// The private key of a Firebase account in an environment variable.
test.each(['\\n', '\\r\\n', '\\\\n'])(
  'a PEM on one line with %s is masked when it is printed with line ends',
  (end) => {
    const body =
      Buffer.from('fake key '.repeat(20))
        .toString('base64')
        .match(/.{1,64}/g) ?? []
    const lines = ['-----BEGIN FAKE KEY-----', ...body, '-----END FAKE KEY-----']
    const later = LaterStep.with(masksOf(lines.join(end) + end))
    expect(new Set(later.shown(lines))).toEqual(new Set(['***']))
  },
)

// They are in every credential file of their cloud, and in the logs of its tools.
describe('constants of the credential files of clouds', () => {
  const constants = ['service_account', 'googleapis.com', 'https://oauth2.googleapis.com/token']

  test('are not masked as strings of a JSON value', () => {
    const account = {
      type: constants[0],
      universe_domain: constants[1],
      token_uri: constants[2],
      key: 'fake-leaf',
    }
    const later = LaterStep.with(masksOf(JSON.stringify(account, null, 2)))
    expect(later.shown([...constants, 'fake-leaf'])).toEqual([...constants, '***'])
  })

  test('are masked as a whole value', () => {
    expect(LaterStep.with(masksOf(...constants)).shown(constants)).toEqual(['***', '***', '***'])
  })
})

describe('the limits', () => {
  /** Text of so many characters, another one for each number. */
  function text(length: number, number: number): string {
    return `fake${number}.`.padEnd(length, randomBytes(length).toString('base64'))
  }

  function plan(values: readonly string[], credentials: readonly string[] = []) {
    const secrets = values.map((value, index) => ({ key: `key-${index}`, value: new SecretValue(value) }))
    return planMasks(
      secrets,
      credentials.map((value) => new SecretValue(value)),
    )
  }

  /** Those of the expected masks that are not among thousands of them. */
  function missing(masks: readonly string[], expected: readonly string[]): string[] {
    const all = new Set(masks)
    return expected.filter((mask) => !all.has(mask))
  }

  // For an ordinary map, all forms must be masked.
  test('are enough for hundreds of short secrets', () => {
    expect(plan(Array.from({ length: 300 }, (_, index) => text(40, index))).uncovered).toEqual([])
  })

  test('allow 10,000 masks in addition to the values, short values first', () => {
    const values = Array.from({ length: 1_000 }, (_, index) => text(30 + (index % 60), index))
    const { masks, uncovered } = plan(values)
    expect(masks.length - values.length).toBeLessThanOrEqual(10_000)
    expect(masks.length - values.length).toBeGreaterThan(9_800)
    expect(missing(masks, values)).toEqual([])
    const left = new Set(uncovered.map(({ key }) => Number(key?.slice('key-'.length))))
    const lengths = (isLeft: boolean): number[] =>
      values.filter((_, index) => left.has(index) === isLeft).map(({ length }) => length)
    expect(Math.max(...lengths(false))).toBeLessThanOrEqual(Math.min(...lengths(true)) + 1)
  })

  // The largest file of secrets that is read may be one invalid text, which is masked before the error.
  test('hold for one value of 8 MiB, as letters and digits', () => {
    const value = 'aB3-'.repeat(2).padEnd(8 * 1024 * 1024, 'aB3')
    expect(plan([value]).masks).toContain(value)
  })

  // A search that takes the square of the length of the text would take half an hour: the timeout ends it.
  test('hold for a text of 8 MiB that begins a key again and again', () => {
    const text = '-----BEGIN '.repeat((8 * 1024 * 1024) / 11).trim()
    const context = createContext({ search: () => innerTextsOf(text).size })
    expect(runInContext('search()', context, { timeout: 60_000 })).toBe(0)
  })

  test('allow 4 MB of commands in addition to the lines of the values', () => {
    const values = Array.from({ length: 40 }, (_, index) => text(100_000, index))
    const { masks, uncovered } = plan(values)
    const bytes = masks.filter((mask) => !values.includes(mask)).map((mask) => `::add-mask::${mask}\n`.length)
    expect(bytes.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(4_000_000)
    expect(missing(masks, values)).toEqual([])
    expect(uncovered.length).toBeGreaterThan(0)
  })

  // Ordinary maps, with a token for authentication.
  test.each([
    ['1,000 keys of 28 letters and digits', 1_000, () => randomBytes(14).toString('hex')],
    ['300 keys of 40 letters and digits', 300, () => randomBytes(20).toString('hex')],
    ['230 keys of 88 characters in base64', 230, () => randomBytes(64).toString('base64')],
  ])('are enough for %s', (_, count, make) => {
    const values = Array.from({ length: count }, make)
    expect(plan(values, [text(36, 1)]).uncovered).toEqual([])
  })

  test('prefer the base64 of long values to other forms of short values', () => {
    const [short, long] = [text(40, 1), text(120_000, 2)]
    const masks = plan([...Array.from({ length: 400 }, (_, index) => text(40, index + 3)), short, long]).masks
    const base64 = Buffer.from(long).toString('base64')
    expect(masks).toContain(base64.slice(76, 128))
    expect(masks).toContain(base64.slice(128, 152))
    expect(masks).not.toContain(Buffer.from(long).toString('hex').slice(0, 60))
  })

  test('leave room for other forms of short values if the base64 of many long values does not fit', () => {
    const short = text(40, 1)
    const masks = plan([short, ...Array.from({ length: 30 }, (_, index) => text(100_000, index + 2))]).masks
    expect(masks).toContain(Buffer.from(short).toString('hex').slice(0, 60))
  })

  // `echo "$X" | base64`: the line break of echo changes the last line.
  test('include the last base64 line of a long value with a line break after it', () => {
    const long = text(57 * 100 + 40, 1)
    const last = Buffer.from(`${long}\n`)
      .toString('base64')
      .slice(76 * 100)
    expect(
      LaterStep.with(plan([long]).masks)
        .shown([last])
        .join(''),
    ).toMatch(/^\*{3}.{0,4}$/)
  })

  test('do not apply to credentials: all their forms are masked, but no lines of forms', () => {
    const credentials = Array.from({ length: 3 }, (_, index) => text(900, index))
    const { masks } = plan(
      Array.from({ length: 1_000 }, (_, index) => text(90, index + 3)),
      credentials,
    )
    const later = LaterStep.with(masks)
    for (const credential of credentials) {
      const bytes = Buffer.from(credential)
      expect(missing(masks, [credential, bytes.toString('hex')])).toEqual([])
      expect(masks).not.toContain(bytes.toString('base64').slice(76, 152))
      const shown = later.shown([bytes.toString('base64'), encodeURIComponent(credential)])
      expect(shown).toEqual(['***', '***'])
    }
  })

  // The action itself redacts untrusted text, at no cost for the runner.
  test('do not apply to the redactor, which has all forms', () => {
    const values = Array.from({ length: 30 }, (_, index) => text(5_000, index))
    const forms = new Set(allFormsOf(values.map((value) => new SecretValue(value))))
    for (const value of values) expect(forms.has(Buffer.from(value).toString('hex'))).toBe(true)
  })
})

// The shell itself writes these forms.
const BASH = [
  'a b',
  "it's",
  'a"b$c`d\\e',
  '~fake',
  'x=~fake',
  '#fake',
  'a,b{c}',
  "a\tb'c",
  'a!b^c*?[d]',
  'é€',
]
const describeWithBash = process.platform === 'win32' ? describe.skip : describe

describeWithBash.each(['C', 'C.UTF-8'])('what bash makes in the locale %s', (locale) => {
  const values = BASH.map((value) => `fake-${value}-fake`)
  let printed: readonly string[]

  beforeAll(() => {
    const script =
      'for X; do export X; printf "%q\\n" "$X"; declare -p X; (set -x; : "$X"); echo %%; echo %% >&2; done'
    const { stdout, stderr } = spawnSync('bash', ['-c', script, 'bash', ...values], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'] ?? '', LC_ALL: locale },
    })
    const [out, trace] = [stdout, stderr].map((text) => text.split('%%\n'))
    printed = values.map((_, index) => `${out?.[index] ?? ''}${trace?.[index] ?? ''}`)
  })

  test.each(values.map((value, index) => [value, index] as const))('of %j is masked', (value, index) => {
    const lines = printed[index]?.trimEnd().split('\n') ?? []
    expect(lines.filter((line) => line.includes('fake')).length).toBeGreaterThanOrEqual(3)
    expect(LaterStep.with(masksOf(value)).shown(lines).join('\n')).not.toContain('fake')
  })
})

// Two tools escape one text with a space in the same way, but not another text.
test('a space is escaped by its position, also after other texts', () => {
  expect(allEscapesOf(' a')).toContain('\\ a')
  expect(allEscapesOf(' a b')).toEqual(expect.arrayContaining(['\\ a b', '\\ a\\ b']))
})

test('a credential in quotes gets no lines of forms either', () => {
  const token = `"${randomBytes(60).toString('hex')}"`
  const { masks } = planMasks([], [new SecretValue(token)])
  const hex = Buffer.from(token.slice(1, -1)).toString('hex')
  expect(masks).toContain(hex)
  expect(masks).not.toContain(hex.slice(0, 60))
})

import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'

import { findCodeReferences } from '../../src/consumers/code-references.js'
import { findNotebookReferences } from '../../src/consumers/notebook.js'
import { ScopeIndex } from '../../src/consumers/scope-index.js'
import { findTextReferences } from '../../src/consumers/text-references.js'
import { SecretValue } from '../../src/secret-value.js'
import { ValueFinder } from '../../src/secrets/masks/value-finder.js'

const scopes = new ScopeIndex([{ scope: 'storage', keysOfRun: ['blob'], existingKeys: [] }], () => true)
const values = new ValueFinder([new SecretValue('aaaaaaaaaaaaaaab'), new SecretValue('fake-value-1')])

function search(text: string): number {
  const found = findTextReferences(text).map(({ path }) => scopes.findPath(path))
  const calls = [...findCodeReferences(text), ...(findNotebookReferences(text) ?? [])]
  return (
    found.length +
    calls.map(({ scope, key }) => scopes.find(scope, key)).length +
    Number(values.occursIn(text))
  )
}

/** Texts that are made of what the search looks for, in any order. */
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ...[
          '{{',
          '}}',
          '{{secrets/',
          'secrets',
          'secret',
          '.get',
          '(',
          ')',
          ',',
          '/',
          '"',
          "'",
          '\\"',
          '"""',
          '=',
        ],
        ...[
          'scope',
          'key',
          'storage',
          'blob',
          '\n',
          '\r\n',
          '# MAGIC ',
          '--',
          '//',
          '/*',
          '*/',
          '#',
          '\\',
          '{',
          'f',
        ],
        ...['{"cells":[{"source":[', ']}]}', 'aaaaaaaa', 'fake-val'],
      ),
      fc.string({ maxLength: 5 }),
    ),
    { maxLength: 60 },
  )
  .map((parts) => parts.join(''))

describe('the search of a text', () => {
  test('never throws', () => {
    fc.assert(
      fc.property(text, (each) => Number.isInteger(search(each))),
      { numRuns: 5_000 },
    )
  })

  test('finds a reference between any texts without braces', () => {
    const around = text.map((each) => each.replace(/[{}]/g, ''))
    fc.assert(
      fc.property(around, around, (before, after) => {
        const found = findTextReferences(`${before}{{secrets/storage/blob}}${after}`)
        return found.length === 1 && found[0]?.start === before.length
      }),
    )
  })

  test('finds a call after any line', () => {
    fc.assert(
      fc.property(text, (before) => {
        const start = before.length + 1
        const code = `${before}\ndbutils.secrets.get("storage", "blob")`
        return findCodeReferences(code).some((found) => found.start === start + 'dbutils.'.length)
      }),
    )
  })

  test('finds a value between any texts', () => {
    fc.assert(fc.property(text, text, (before, after) => values.occursIn(`${before}fake-value-1${after}`)))
  })
})

/** The time of the processor for a search, in ms. */
function cost(each: string): number {
  const before = process.cpuUsage()
  search(each)
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000
}

const MIB = 1024 * 1024

/**
 * Expects that eight times the text takes at most 28 times as long: it takes 8 times as long, and would take 64 times as long if
 * the time grew with the square. The better of two tries counts, so that garbage collection does not.
 */
function expectTimeToGrowWithLength(long: string, short: string): void {
  // Below 5 ms, the clock of the processor is too coarse.
  const limit = Math.max(Math.min(cost(short), cost(short)), 5) * 28
  const first = cost(long)
  expect(first < limit ? first : cost(long)).toBeLessThan(limit)
}

// A regular expression that backtracks would take hours on a hostile file.
test.each([
  ['open braces', '{'],
  ['starts of a reference', '{{secrets/'],
  ['starts of a reference with a long name', `{{secrets/${'a/'.repeat(140)}`],
  ['references', '{{secrets/storage/blob}}'],
  ['the word secret', 'secret'],
  ['starts of a call', 'secrets.get('],
  ['calls without an end', `secrets.get("storage", "blob"${' '.repeat(50)}`],
  ['calls with open comments', 'secrets.get(/*'],
  ['calls with open literals', 'secrets.get("'],
  ['calls with blanks', `secrets.get(${' \n'.repeat(1_500)}`],
  ['calls', 'secrets.get("storage", "blob")'],
  ['starts of a value', 'a'],
  ['a notebook', `{"cells":[${'{"source":["ä"]},'.repeat(2_000)}{}]}`],
  ['words', 'lorem ipsum dolor sit amet '],
])('the time for a text of 4 MiB of %s grows with its length', (_, part) => {
  const long = part.repeat(Math.ceil((4 * MIB) / part.length))
  search(part)
  expectTimeToGrowWithLength(long, long.slice(0, MIB / 2))
})

test('the time for a notebook whose lines are written with other escapes grows with its length', () => {
  const cell = `{"source":["\\u00e4 = dbutils.secrets.get('storage', 'blob')"]},`
  const notebook = (bytes: number): string => `{"cells":[${cell.repeat(bytes / cell.length)}{}]}`
  expectTimeToGrowWithLength(notebook(4 * MIB), notebook(MIB / 2))
})

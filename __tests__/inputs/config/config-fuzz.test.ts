import { readFileSync } from 'node:fs'

import { afterAll, beforeAll, expect, test } from '@jest/globals'
import fc from 'fast-check'

import { readConfigFile } from '../../../src/inputs/config/config-file.js'
import { readConfigVariables } from '../../../src/inputs/config/config-variables.js'
import { OPTION_FIELDS } from '../../../src/inputs/config/target-fields.js'
import { ALL_FAULTS } from '../../faults/daily-sample.js'

/** Stands for a value that somebody pasted into the file. No message contains a part of it. */
const MARKER = 'Zq7PastedValue'

const examples = ['databricks-secrets', 'environments'].map((name) =>
  readFileSync(`examples/config/${name}.yml`, 'utf8'),
)

/** What YAML and the file give a meaning to. */
const TOKENS = [
  ...[
    '\n',
    '\n  ',
    '\n    ',
    '\n- ',
    ' ',
    '\t',
    '\r\n',
    '\r',
    ': ',
    ':',
    ', ',
    '? ',
    '- ',
    '# ',
    '[',
    ']',
    '{',
    '}',
  ],
  ...[
    '"',
    "'",
    '|',
    '>',
    '|+\n',
    '&a ',
    '*a',
    '!a ',
    '!!str ',
    '%YAML 1.1\n',
    '---\n',
    '...\n',
    '<<: ',
    '@',
    '`',
    '\\',
  ],
  ...[
    '${team}',
    '${',
    '${{ a }}',
    '=',
    '.',
    '\ufeff',
    '\ufffd',
    '\u0000',
    '\u0085',
    '\u2028',
    '\ud800',
    '*',
    'READ',
  ],
  ...[
    'version: 1\n',
    'scopes:\n  ',
    'schemas:\n  a.b',
    'defaults:\n  ',
    'secrets:\n      ',
    'permissions: ',
    'from: ',
  ],
  ...['__proto__: ', 'constructor: ', 'null', '~', 'true', '007', '', MARKER],
  ...[...OPTION_FIELDS.keys()].map((option) => `${option}: `),
]

const soup = fc.array(fc.constantFrom(...TOKENS), { maxLength: 60 }).map((tokens) => tokens.join(''))

/** An example with some of its text replaced. */
const damaged = fc
  .tuple(
    fc.constantFrom(...examples),
    fc.array(fc.tuple(fc.nat(), fc.nat({ max: 12 }), fc.constantFrom(...TOKENS)), { maxLength: 4 }),
  )
  .map(([example, edits]) =>
    edits.reduce((text, [at, length, token]) => {
      const start = at % (text.length + 1)
      return text.slice(0, start) + token + text.slice(start + length)
    }, example),
  )

/** An example in which every name on the right-hand side is the pasted value. */
const pasted = fc
  .tuple(fc.constantFrom(...examples), fc.infiniteStream(fc.boolean()))
  .map(([example, replaced]) =>
    example
      .split('\n')
      .map((line) => {
        const isReplaced = replaced.next().value === true
        return isReplaced ? line.replace(/^(\s*[^#:]+: ?|\s*- ).*$/, `$1${MARKER}`) : line
      })
      .join('\n'),
  )

/** One text, repeated up to the largest size of a file. */
const repeated = fc
  .tuple(
    fc.array(fc.constantFrom(...TOKENS), { minLength: 1, maxLength: 3 }),
    fc.constantFrom('', '"', "'", '[', '{', 'a: |\n ', 'version: 1\nscopes:\n  a:\n    secrets:\n      '),
    fc.constantFrom(1_000, 100_000, 1_048_000),
  )
  .map(([tokens, start, size]) => {
    const unit = tokens.join('')
    return unit === '' ? start : start + unit.repeat(Math.max(1, Math.floor(size / Buffer.byteLength(unit))))
  })

let printed = ''
const writes = [process.stdout, process.stderr].map((stream) => ({
  stream,
  write: stream.write.bind(stream),
}))
const onWarning = (warning: Error): void => {
  printed += warning.message
}

beforeAll(() => {
  process.on('warning', onWarning)
})

afterAll(() => {
  process.off('warning', onWarning)
})

function read(text: string): void {
  const { variables, errors: variableErrors } = readConfigVariables(
    `team=${MARKER}\nother=x\n${text.slice(0, 99)}`,
  )
  for (const { stream } of writes) stream.write = (chunk) => ((printed += String(chunk)), true)
  const before = process.cpuUsage()
  try {
    const { targets, errors, notices } = readConfigFile(text, variables, () => '')
    const { user, system } = process.cpuUsage(before)
    // Of the processor, so that other programs do not count.
    expect((user + system) / 1_000).toBeLessThan(1_000)
    const shown = JSON.stringify([errors, notices, variableErrors])
    expect(shown.toLowerCase()).not.toContain(MARKER.slice(3, 9).toLowerCase())
    expect(targets.length === 0 || errors.length === 0).toBe(true)
    expect(errors.length > 0 || targets.length > 0).toBe(true)
    for (const { line = 0, column = 0 } of errors) expect(Math.min(line, column)).toBeGreaterThan(0)
  } finally {
    for (const { stream, write } of writes) stream.write = write
  }
}

// Each run tries other texts, and the nightly run five times as many. The file is read before anything else of the run, and somebody may have pasted a value into it.
test.each([
  ['any text', fc.string({ unit: 'binary', maxLength: 200 }), 2_000],
  ['parts of YAML in any order', soup, 5_000],
  ['a damaged file', damaged, 2_000],
  ['a file with pasted values', pasted, 500],
  ['a large file', repeated, 100],
])('the reader ends in time, throws nothing and shows nothing of %s', (_, arbitrary, numRuns) => {
  fc.assert(fc.property(arbitrary, read), { numRuns: ALL_FAULTS ? numRuns : numRuns / 5 })
  expect(printed).toBe('')
})

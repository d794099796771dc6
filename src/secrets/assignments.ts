import type { InputError, InputLocation } from './input-error.js'
import { isKey, KEY_RULE } from './key.js'

/** A line `key=text` or `key:=text`, with the text not yet parsed. */
export interface Assignment {
  readonly key: string
  readonly operator: '=' | ':='
  readonly text: string
  readonly location: InputLocation
}

/** The syntax of an input with assignments, for the errors. */
export interface LineSyntax {
  /** The name of the input, as in `not a line of …`. */
  readonly name: string
  /** What to write, as a sentence without its period. */
  readonly expected: string
  /** An example of a line. */
  readonly example: string
  readonly operators: readonly Assignment['operator'][]
  /** Mistakes that are only made in this input. */
  readonly mistakes?: readonly Mistake[]
}

/**
 * Reads lines `key=text`. The text is everything after the first `=`, literally, without a CR at the end of the line. A
 * byte order mark at the start of the input is ignored. Empty lines and lines that start with `#` are skipped. Every other
 * line that is not an assignment is an error, which says the most likely reason.
 *
 * @param input The input that contains the lines, for the errors.
 * @returns The assignments, the errors, and the lines that are `invalid`.
 */
export function readAssignments(
  text: string,
  input: string,
  syntax: LineSyntax,
): { assignments: Assignment[]; errors: InputError[]; invalid: string[] } {
  const assignments: Assignment[] = []
  const errors: InputError[] = []
  const invalid: string[] = []
  for (const [index, line] of linesOf(text).entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue
    const location = { input, line: index + 1 }
    const [, key = '', operator, rest = ''] = /^([^=]*?)(:?=)(.*)$/s.exec(line) ?? []
    const known = syntax.operators.find((each) => each === operator)
    if (known !== undefined && isKey(key)) assignments.push({ key, operator: known, text: rest, location })
    else {
      invalid.push(line)
      // An empty key may come from a variable that GitHub hides from this run.
      const isEmpty = known !== undefined && key === '' && rest !== '='
      const message = `not a line of ${syntax.name}${reasonFor(line, syntax)}`
      errors.push({ ...location, message, kind: 'invalid-line', ...(isEmpty && { cause: 'not-visible' }) })
    }
  }
  return { assignments, errors, invalid }
}

/** The lines of an input, without CRs at their ends and without a byte order mark. */
function linesOf(text: string): string[] {
  return text
    .replace(/^\ufeff/, '')
    .replace(/\r$/, '')
    .split(/\r?\n/)
}

/** A common mistake: the pattern of such a line, and what to do. */
export type Mistake = readonly [pattern: RegExp, advice: string]

/** The mistakes of all inputs, which are checked after those of the input. A pasted secret looks like some of them. */
const MISTAKES: readonly Mistake[] = [
  [/^\s*export\s/, 'it starts with export, as in a shell. Write only key=value'],
  [/^\s+#/, 'there is a space before the number sign. Start a comment with the number sign'],
  [/^\s+[\w.-]+\s*(?:=|:)/, 'it is indented. Start the line with the key'],
  [/^[\w.-]+\s*:(?!=)/, 'it has a colon. Write key=value, with an equals sign'],
  [
    /^[\w.-]+\s[\w.\s-]*:?=/,
    'there is a space in the key or before the equals sign. Write key=value without spaces',
  ],
  // Not the end of a base64 text.
  [
    /^:?=(?!=?\s*$)/,
    'there is no key before the equals sign. If an expression gives the key, check that its variable is set and visible ' +
      'to this job',
  ],
  [/^[\w.-]*\/[\w./-]*:?=(?!=?\s*$)/, `there is a slash in the key. Rename the key: ${KEY_RULE}`],
]

/** The length of a line that is checked for mistakes. */
const MAX_CHECKED_LENGTH = 1_000

/** The likely mistake in a line, or what to write. It follows `not a line of the map`. */
function reasonFor(line: string, { expected, example, mistakes = [] }: LineSyntax): string {
  const start = line.slice(0, MAX_CHECKED_LENGTH)
  const [, advice] = [...mistakes, ...MISTAKES].find(([pattern]) => pattern.test(start)) ?? []
  return advice === undefined ? `. ${expected}` : `: ${advice.replace('key=value', example)}`
}

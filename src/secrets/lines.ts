import type { InputError, InputLocation } from './input-error.js'
import { SecretValue } from '../secret-value.js'
import { readJson } from './json-document.js'
import { JSON_OBJECT_EXPECTED, stringsIn } from './json-map.js'
import { isKey, KEY_RULE } from './key.js'
import { NOT_VISIBLE } from './validate-map.js'
import type { SourceResult, SecretEntry } from './secret-map.js'
import { MIN_MASK_LENGTH } from './masks/value-forms.js'

/** What a line assigns, with the text behind the `=` still to be understood. */
export interface Assignment {
  readonly key: string
  readonly operator: '=' | ':='
  readonly text: string
  readonly location: InputLocation
}

/** How an input with lines is written, for the errors. */
export interface LineForm {
  /** What a line is: `not a line of …`. */
  readonly name: string
  /** What to write, as a sentence without its period. */
  readonly expected: string
  /** A line, as an example. */
  readonly example: string
  /** The assignments that this input knows. */
  readonly operators: readonly Assignment['operator'][]
  /** Slips that are made in this input alone. */
  readonly slips?: readonly Slip[]
}

/**
 * Reads lines of `key=text`. The text is all that follows the first `=`, taken literally, but for a CR at the end of the
 * line and a byte order mark at the beginning of the input. Empty lines and lines that start with `#` are skipped; every
 * other line that is not an assignment is a fault, with its most likely cause.
 *
 * @param input The input that holds the lines, for the faults.
 */
export function readAssignments(
  text: string,
  input: string,
  form: LineForm,
): { assignments: Assignment[]; errors: InputError[] } {
  const assignments: Assignment[] = []
  const errors: InputError[] = []
  for (const [index, line] of linesOf(text).entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue
    const location = { input, line: index + 1 }
    const [, key = '', operator, rest = ''] = /^([^=]*?)(:?=)(.*)$/s.exec(line) ?? []
    const known = form.operators.find((each) => each === operator)
    if (known !== undefined && isKey(key)) assignments.push({ key, operator: known, text: rest, location })
    else {
      // An empty key may come from a variable that GitHub does not give to this run.
      const isEmpty = known !== undefined && key === '' && rest !== '='
      const message = `not a line of ${form.name}${causeOf(line, form)}`
      errors.push({ ...location, message, kind: 'invalid-line', ...(isEmpty && { cause: 'not-visible' }) })
    }
  }
  return { assignments, errors }
}

/** The lines of an input, without the CR at their ends and the byte order mark at the beginning. */
function linesOf(text: string): string[] {
  return text
    .replace(/^\ufeff/, '')
    .replace(/\r$/, '')
    .split(/\r?\n/)
}

/** A slip that shows in how a line is made: the pattern of such a line, and what to do. */
type Slip = readonly [pattern: RegExp, cause: string]

/** Of these and those of a form, the first that fits is told; a secret of several lines that was pasted looks like some. */
const SLIPS: readonly Slip[] = [
  [/^\s*export\s/, 'it starts with export, as in a shell. Write key=value alone'],
  [/^\s+#/, 'there is a blank before the number sign. Start a comment with the number sign'],
  [/^\s+[\w.-]+\s*(?:=|:)/, 'it is indented. Start the line with the key'],
  [/^[\w.-]+\s*:(?!=)/, 'it has a colon. Write key=value, with an equals sign'],
  [
    /^[\w.-]+\s[\w.\s-]*:?=/,
    'there is a blank in the key or before the equals sign. Write key=value without it',
  ],
  // Not what may be the end of a base64 text.
  [
    /^:?=(?!=?\s*$)/,
    'there is no key before the equals sign. If an expression makes the key, check that its variable is set and visible ' +
      'to this job',
  ],
  [/^[\w.-]*\/[\w./-]*:?=(?!=?\s*$)/, `there is a slash in the key. Rename the key: ${KEY_RULE}`],
]

/** The beginning of a line is enough to see its slip. */
const LOOKED_AT = 1_000

/** The likely cause of a line that is no assignment, ready to follow `not a line of the map`; or what to write. */
function causeOf(line: string, { expected, example, slips = [] }: LineForm): string {
  const beginning = line.slice(0, LOOKED_AT)
  const [, cause] = [...slips, ...SLIPS].find(([pattern]) => pattern.test(beginning)) ?? []
  return cause === undefined ? `. ${expected}` : `: ${cause.replace('key=value', example)}`
}

const FORM: LineForm = {
  name: 'the map',
  expected:
    'Write key=value for a value of one line, or key:= with toJSON(secrets.NAME) for any value; ' +
    `${KEY_RULE}. A secret of several lines that was pasted here breaks into lines like this one`,
  example: 'key=value',
  operators: ['=', ':='],
  slips: [
    [
      /^\s*(?:Object|Array)\s*$/,
      'it is the word that GitHub prints for an object. Write toJSON(secrets) in the expression, and choose the names ' +
        'with include',
    ],
    [
      /^\s*\{/,
      'a JSON object has to be the whole input. Take the other lines out, and add their secrets with secret-envs or ' +
        'secret-files',
    ],
    [
      /^\s*(?:-\s|\[)/,
      'a list has no names. Write a JSON object of names and strings, or one key=value a line',
    ],
  ],
}

const NOT_A_STRING = 'key:= takes one JSON string. Write an expression with toJSON(secrets.NAME) behind it'

const QUOTED =
  'the value begins and ends with a quote, which would be stored as part of it. Write key:= where the value is from ' +
  'toJSON or really has these quotes, as a JSON string; otherwise write key=value without quotes'

/**
 * Reads the lines form of the map: `key=value`, taken literally, and `key:=<JSON string>`, for any value at all.
 *
 * @param input The input that holds the map, for the faults.
 */
export function readLines(text: string, input: string): SourceResult {
  const { assignments, errors } = readAssignments(text, input, FORM)
  const entries: SecretEntry[] = []
  const discarded: SecretValue[] = []
  // Where a line is none of the map, what stands in the others as a key may be a piece of a secret that was pasted.
  const isPasted = errors.length > 0
  for (const [index, { key, operator, text, location }] of assignments.entries()) {
    if (operator === '=') {
      const value = new SecretValue(text)
      if (isQuoted(text)) {
        errors.push({ ...location, message: QUOTED, kind: 'invalid-value' })
        discarded.push(value)
        continue
      }
      const isName = !isPasted && text.trim() === '' && !mayEndBase64(key, assignments[index - 1])
      entries.push({ key, value, location: isName ? { ...location, name: key } : location })
      continue
    }
    const named = { ...location, name: key }
    const json = readJson(text)
    if (json.type === 'string') entries.push({ key, value: new SecretValue(json.text), location })
    else if (json.type === 'null' || text.trim() === '') errors.push({ ...named, ...NOT_VISIBLE })
    else {
      errors.push(
        json.type === 'object'
          ? { ...named, message: JSON_OBJECT_EXPECTED, kind: 'invalid-json' }
          : { ...location, message: NOT_A_STRING, kind: 'invalid-line' },
      )
      for (const value of json.type === 'broken' ? textIn(text) : stringsIn(json)) discarded.push(value)
    }
  }
  return { entries, errors, discarded }
}

/** The value that stands behind `:=` without `toJSON`, unless it is so short that its mask would hide other words. */
function textIn(text: string): SecretValue[] {
  // A secret of several lines that was put between quotes ends in another line.
  const value = text.trim().replace(/^"/, '')
  return value.length < MIN_MASK_LENGTH ? [] : [new SecretValue(value)]
}

/** Whether a value is in quotes of one kind: whoever wrote it expects that they are taken off. */
function isQuoted(text: string): boolean {
  const value = text.trim()
  return value.length > 1 && /^["'`]/.test(value) && value.endsWith(value.charAt(0))
}

/**
 * Whether `key=` may be the last line of a base64 text that was pasted as the value of the line before it: lines of
 * base64 have a multiple of four characters, and the last is no longer than the others. Of base64url, which has `-` and
 * `_`, tools break lines at their own width alone.
 */
function mayEndBase64(key: string, before: Assignment | undefined): boolean {
  if (before === undefined || before.operator === ':=' || key.length % 4 !== 3) return false
  const { length } = before.text
  const isWidth = /[_-]/.test(key) ? length === 64 || length === 76 : length % 4 === 0
  return isWidth && length > key.length && /^[\w+/-]+$/.test(before.text) && !key.includes('.')
}

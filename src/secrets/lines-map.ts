import { SecretValue } from '../secret-value.js'
import { readAssignments, type Assignment, type LineSyntax } from './assignments.js'
import { readJson } from './json-document.js'
import { JSON_OBJECT_EXPECTED, valuesIn } from './json-map.js'
import { KEY_RULE } from './key.js'
import { MIN_MASK_LENGTH } from './masks/value-forms.js'
import { maskableValues, MIN_INVALID_LENGTH, valuesInInvalidText } from './values-in-invalid-text.js'
import type { SecretEntry, SourceResult } from './secret-map.js'
import { NOT_VISIBLE } from './validate-map.js'

const SYNTAX: LineSyntax = {
  name: 'the map',
  expected:
    'Write key=value for a value of one line, or key:= with toJSON(secrets.NAME) for any value; ' +
    `${KEY_RULE}. A secret of several lines that was pasted here breaks into lines like this one`,
  example: 'key=value',
  operators: ['=', ':='],
  mistakes: [
    [
      /^\s*(?:Object|Array)\s*$/,
      'it is the word that GitHub prints for an object. Write toJSON(secrets) in the expression, and choose the names ' +
        'with include',
    ],
    [
      /^\s*\{/,
      'a JSON object must be the whole input. Remove the other lines, and add their secrets with secret-envs or ' +
        'secret-files',
    ],
    [
      /^\s*(?:-\s|\[)/,
      'a list has no names. Write a JSON object of names and strings, or one key=value per line',
    ],
  ],
}

const NOT_A_STRING = 'key:= requires one JSON string. Write an expression with toJSON(secrets.NAME) after it'

const QUOTED =
  'the value begins and ends with a quote, which would be stored as part of it. Write key:= if the value comes from ' +
  'toJSON, or as a JSON string if the quotes are intended. Otherwise write key=value without quotes'

/**
 * Reads a map in lines: `key=value`, taken literally, or `key:=<JSON string>`, for any value.
 *
 * @param input The input that contains the map, for the errors.
 */
export function readLinesMap(text: string, input: string): SourceResult {
  const { assignments, errors, invalid } = readAssignments(text, input, SYNTAX)
  const entries: SecretEntry[] = []
  const onlyMasked = valuesInInvalidLines(invalid)
  // After an invalid line, the keys of the others may be parts of a pasted secret.
  const mayBePasted = errors.length > 0
  for (const [index, { key, operator, text, location }] of assignments.entries()) {
    if (operator === '=') {
      const value = new SecretValue(text)
      if (isQuoted(text)) {
        errors.push({ ...location, message: QUOTED, kind: 'invalid-value' })
        onlyMasked.push(value)
        continue
      }
      const isName = !mayBePasted && text.trim() === '' && !mayEndBase64(key, assignments[index - 1])
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
      for (const value of json.type === 'invalid' ? textIn(text) : valuesIn(json)) onlyMasked.push(value)
    }
  }
  return { entries, errors, onlyMasked }
}

/** Values to mask in lines that are not assignments: parts of a pasted secret, or values after something like a name. */
function valuesInInvalidLines(lines: readonly string[]): SecretValue[] {
  // Most maps have none.
  if (lines.length === 0) return []
  const withoutComments = lines.filter((line) => !/^\s*#/.test(line))
  const long = withoutComments.filter(({ length }) => length >= MIN_INVALID_LENGTH)
  return maskableValues(new Set([...long, ...valuesInInvalidText(withoutComments.join('\n'))]))
}

/** The text after a `:=` without `toJSON`, unless it is so short that its mask would garble the log. */
function textIn(text: string): SecretValue[] {
  // In a secret of several lines in quotes, the closing quote is in another line.
  const value = text.trim().replace(/^"/, '')
  return value.length < MIN_MASK_LENGTH ? [] : [new SecretValue(value)]
}

/** Whether a value is in quotes of one kind, which its author probably expects to be removed. */
function isQuoted(text: string): boolean {
  const value = text.trim()
  return value.length > 1 && /^["'`]/.test(value) && value.endsWith(value.charAt(0))
}

/**
 * Whether `key=` may be the last line of a base64 text, pasted as the value of the previous line. Lines of base64 have a
 * multiple of four characters, and the last line is not longer than the others. Tools break base64url, which has `-` and
 * `_`, only at widths of 64 or 76.
 */
function mayEndBase64(key: string, previous: Assignment | undefined): boolean {
  if (previous === undefined || previous.operator === ':=' || key.length % 4 !== 3) return false
  const { length } = previous.text
  const isWidth = /[_-]/.test(key) ? length === 64 || length === 76 : length % 4 === 0
  return isWidth && length > key.length && /^[\w+/-]+$/.test(previous.text) && !key.includes('.')
}

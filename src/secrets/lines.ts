import type { Fault, Place } from '../fault.js'
import { SecretValue } from '../secret-value.js'
import { readJson } from './json-document.js'
import { isKey, KEY_RULE } from './key.js'
import { NOT_VISIBLE } from './rules.js'
import type { Reading, SecretEntry } from './secret-map.js'

/** What a line assigns, with the text behind the `=` still to be understood. */
export interface Assignment {
  readonly key: string
  readonly operator: '=' | ':='
  readonly text: string
  readonly place: Place
}

/**
 * Reads lines of `key=text`. The text is all that follows the first `=`, taken literally but for a CR before the LF.
 * Empty lines and lines that start with `#` are skipped; every other line that is not an assignment is a fault.
 *
 * @param input The input that holds the lines, for the faults.
 * @param expected What a line should have been, for the faults.
 * @param operators The assignments that this input knows.
 */
export function readAssignments(
  text: string,
  input: string,
  expected: string,
  operators: readonly Assignment['operator'][] = ['='],
): { assignments: Assignment[]; faults: Fault[] } {
  const assignments: Assignment[] = []
  const faults: Fault[] = []
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue
    const place = { input, line: index + 1 }
    const [, key = '', operator, rest = ''] = /^([^=]*?)(:?=)(.*)$/s.exec(line) ?? []
    const known = operators.find((each) => each === operator)
    if (known !== undefined && isKey(key)) assignments.push({ key, operator: known, text: rest, place })
    else faults.push({ ...place, message: expected })
  }
  return { assignments, faults }
}

const EXPECTED =
  'not a line of the map. Write key=value for a value of one line, or key:= and the expression toJSON(secrets.NAME) for any value; ' +
  `${KEY_RULE}. A secret of several lines that stands here as it is breaks into lines like this one`

const NOT_A_STRING = 'key:= takes one JSON string, as the expression toJSON(secrets.NAME) gives it'

/**
 * Reads the lines form of the map: `key=value`, taken literally, and `key:=<JSON string>`, for any value at all.
 *
 * @param input The input that holds the map, for the faults.
 */
export function readLines(text: string, input: string): Reading {
  const { assignments, faults } = readAssignments(text, input, EXPECTED, ['=', ':='])
  const entries: SecretEntry[] = []
  for (const { key, operator, text, place } of assignments) {
    if (operator === '=') {
      entries.push({ key, value: new SecretValue(text), place })
      continue
    }
    const json = readJson(text)
    if (json.type === 'string') entries.push({ key, value: new SecretValue(json.text), place })
    else faults.push({ ...place, ...(json.type === 'null' ? NOT_VISIBLE : { message: NOT_A_STRING }) })
  }
  return { entries, faults }
}

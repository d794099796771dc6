import { SecretValue } from '../secret-value.js'
import { readJson, type JsonMember, type JsonValue } from './json-document.js'
import type { MapDocument, MapMember } from './map-document.js'
import { maskableValues, valuesInInvalidText } from './values-in-invalid-text.js'
import { emptyValueProblem } from './validate-map.js'

/** Whether the input is a JSON map. Only the start of the whole input decides, never the text of a secret. */
export function isJsonMap(text: string): boolean {
  return text.trim().startsWith('{')
}

const INVALID_INPUT =
  'not a valid JSON object. Write the expression toJSON(secrets), or one key=value per line'

const TEXT_AFTER_OBJECT =
  'there is more text after the JSON object, which must be the whole input. Remove the other lines, and add their secrets ' +
  'with secret-envs or secret-files'

const INVALID_FILE = 'the file does not contain a JSON object. Check the step that writes it'

/** The error for an object in place of a value. */
export const JSON_OBJECT_EXPECTED =
  'the value is a JSON object, but must be a string. Write the object as one string, or give only the inner object'

const A_LIST = 'the value is a JSON list, but must be a string. Write the list as one string'

const NOT_A_STRING = 'the value of this name is not a string. Put it in quotes, or remove the name'

/**
 * Reads a JSON map: an object of strings, as `${{ toJSON(secrets) }}` gives it.
 *
 * @param input The input that contains the map or names its file, for the errors.
 */
export function readJsonMap(text: string, input: 'secrets' | 'secrets-file'): MapDocument {
  const json = readJson(text)
  if (json.type !== 'object') {
    const invalidInput = json.type === 'invalid' && json.isAfterValue ? TEXT_AFTER_OBJECT : INVALID_INPUT
    const message = input === 'secrets' ? invalidInput : INVALID_FILE
    const inputError = {
      input,
      ...('at' in json && json.at),
      message,
      ...(input === 'secrets' && { kind: 'invalid-json' as const }),
    }
    const onlyMasked = json.type === 'invalid' ? maskableValues(valuesInInvalidText(text)) : valuesIn(json)
    return { members: [], errors: [inputError], onlyMasked, namesAreReliable: false }
  }
  return {
    members: json.members.map((member) => memberOf(member, input)),
    errors: [],
    onlyMasked: json.members.flatMap(({ value }) => (value.type === 'string' ? [] : valuesIn(value))),
    namesAreReliable: true,
  }
}

function memberOf({ name, value, line, column }: JsonMember, input: string): MapMember {
  const location = { input, line, column }
  if (value.type === 'string') return { name, value: new SecretValue(value.text), location }
  return {
    name,
    value: undefined,
    problem:
      value.type === 'null'
        ? emptyValueProblem(location)
        : { message: NOT_STRINGS[value.type], kind: 'invalid-json' },
    location,
  }
}

const NOT_STRINGS = { object: JSON_OBJECT_EXPECTED, array: A_LIST, other: NOT_A_STRING } as const

/**
 * All strings and numbers in a value that is refused, such as the secrets of a map that is nested too deeply, as Vault
 * prints it. A number is masked as it is written and as tools print it.
 */
export function valuesIn(value: JsonValue): SecretValue[] {
  const strings: SecretValue[] = []
  const numbers = new Set<string>()
  const pending = [value]
  // No recursion and no spread: a document of 8 MiB may be a list of a million items.
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next.type === 'string' && next.text !== '') strings.push(new SecretValue(next.text))
    if (next.type === 'other' && next.number !== undefined) {
      numbers.add(next.number).add(String(Number(next.number)))
    }
    if (next.type === 'array') for (const item of next.items) pending.push(item)
    if (next.type === 'object') for (const member of next.members) pending.push(member.value)
  }
  for (const number of maskableValues(numbers)) strings.push(number)
  return strings
}

import { SecretValue } from '../secret-value.js'
import { readJson, type JsonMember, type JsonValue } from './json-document.js'
import type { MapDocument, MapMember } from './map-document.js'
import { emptyValueProblem } from './validate-map.js'

/** True for the JSON form of the map: a secret's own text never decides, only how the whole input begins. */
export function isJsonMap(text: string): boolean {
  return text.trim().startsWith('{')
}

const BROKEN_INPUT =
  'this is not a JSON object. Write the expression toJSON(secrets), or one key=value a line'

const BROKEN_FILE = 'the file does not hold a JSON object. Check the step that writes it'

/** What is wrong with an object in the place of a value. */
export const JSON_OBJECT_EXPECTED =
  'the value is a JSON object, and a map holds strings. Write the object as one string, or give the inner object alone'

const A_LIST = 'the value is a JSON list, and a map holds strings. Write the list as one string'

const NOT_A_STRING = 'the value of this name is not a string. Put it between quotes, or take the name out'

/**
 * Reads the JSON form of the map, an object of strings as `${{ toJSON(secrets) }}` gives it.
 *
 * @param input The input that holds the map, or the path of its file, for the faults.
 */
export function readJsonMap(text: string, input: 'secrets' | 'secrets-file'): MapDocument {
  const json = readJson(text)
  if (json.type !== 'object') {
    const message = input === 'secrets' ? BROKEN_INPUT : BROKEN_FILE
    const inputError = {
      input,
      ...('at' in json && json.at),
      message,
      ...(input === 'secrets' && { kind: 'invalid-json' as const }),
    }
    return { members: [], errors: [inputError], discarded: stringsIn(json), namesAreReliable: false }
  }
  return {
    members: json.members.map((member) => memberOf(member, input)),
    errors: [],
    discarded: json.members.flatMap(({ value }) => (value.type === 'string' ? [] : stringsIn(value))),
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

/** The strings in a value that is of no use itself: the secrets of a map that is one level too deep, as Vault gives it. */
export function stringsIn(value: JsonValue | { readonly type: 'broken' }): SecretValue[] {
  const strings: SecretValue[] = []
  const left = [value]
  // Neither by recursion nor by a spread: a document of 8 MiB may be a list of a million items.
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    if (next.type === 'string' && next.text !== '') strings.push(new SecretValue(next.text))
    if (next.type === 'array') for (const item of next.items) left.push(item)
    if (next.type === 'object') for (const member of next.members) left.push(member.value)
  }
  return strings
}

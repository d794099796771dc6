import type { Fault } from '../fault.js'
import { SecretValue } from '../secret-value.js'
import { readJson, type JsonMember } from './json-document.js'
import { isKey, KEY_RULE } from './key.js'
import { NOT_VISIBLE } from './rules.js'
import type { Reading, SecretEntry } from './secret-map.js'

/** True for the JSON form of the map: a secret's own text never decides, only how the whole input begins. */
export function isJsonMap(text: string): boolean {
  return text.trim().startsWith('{')
}

const BROKEN = 'this is not a JSON object. Write ${{ toJSON(secrets) }}, or one key=value a line'

const NOT_A_STRING = 'the value of this name is not a string. Put it between quotes, or take the name out'

const NOT_A_KEY = `this name cannot be a key: ${KEY_RULE}`

const REPEATED = 'this name stands in the object more than once'

/**
 * Reads the JSON form of the map, an object of strings as `${{ toJSON(secrets) }}` gives it.
 *
 * `github_token` is left out always, and so is an entry whose value is one of this run's own credentials: who copies
 * a whole repository's secrets does not mean to hand the key of the workspace to everybody who can read the scope.
 *
 * @param input The input that holds the map, for the faults.
 * @param credentials What this run signs in with.
 */
export function readJsonMap(text: string, input: string, credentials: readonly SecretValue[]): Reading {
  const json = readJson(text)
  if (json.type !== 'object') {
    return { entries: [], faults: [{ input, ...('at' in json && json.at), message: BROKEN }] }
  }

  const entries: SecretEntry[] = []
  const faults: Fault[] = []
  const unused: SecretValue[] = []
  const leftOut: string[] = []
  const seen = new Set<string>()
  for (const { name, value, line, column } of json.members) {
    const place = { input, line, column }
    const problem = problemOf(name, value, seen.has(name))
    const secret = value.type === 'string' ? new SecretValue(value.text) : undefined
    seen.add(name)
    if (problem !== undefined || secret === undefined) {
      faults.push({ ...place, ...(problem ?? { message: NOT_A_STRING }) })
      if (secret !== undefined) unused.push(secret)
    } else if (name === 'github_token') {
      unused.push(secret)
    } else if (credentials.some((credential) => secret.equals(credential))) {
      leftOut.push(name)
    } else {
      entries.push({ key: name, value: secret, place })
    }
  }
  return { entries, faults, unused, leftOut }
}

function problemOf(
  name: string,
  value: JsonMember['value'],
  repeated: boolean,
): Pick<Fault, 'message' | 'cause'> | undefined {
  if (repeated) return { message: REPEATED }
  if (value.type === 'null') return NOT_VISIBLE
  if (value.type !== 'string') return { message: NOT_A_STRING }
  return isKey(name) ? undefined : { message: NOT_A_KEY }
}

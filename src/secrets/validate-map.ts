import { describeLocation, type InputError, type InputLocation, type InputProblem } from './input-error.js'
import type { SecretValue } from '../secret-value.js'
import { formatNumber } from '../format-number.js'
import { MAX_KEYS, normalizeKey } from './key.js'
import { placeholderProblem } from './placeholders.js'
import type { SecretEntry, SecretMap } from './secret-map.js'
import { createValueInKeyCheck } from './values-in-keys.js'

/** The largest value in bytes, as stored: 128 KB, which Databricks counts as 131,072. */
export const MAX_VALUE_BYTES = 131_072

/** What an absent secret looks like, in each of the forms: GitHub puts nothing, or `null`, in its place. */
export const NOT_VISIBLE = {
  message:
    'the value is empty, blank or null, which nearly always means that the secret is not visible to this job. Check its ' +
    'name, the environment of the job, and that the workflow does not run for a fork',
  cause: 'not-visible',
  kind: 'empty-value',
} as const

const EMPTY_IN_FILE =
  'the value is empty, blank or null. Check the step that writes the file, or leave the name out with exclude'

/** What is wrong with an empty value, by where it comes from. */
export function emptyValueProblem({ input }: InputLocation): InputProblem {
  return input === 'secrets-file' ? { ...NOT_VISIBLE, message: EMPTY_IN_FILE } : NOT_VISIBLE
}

const ONLY_EQUALS =
  'the value is an equals sign alone: the end of a base64 text that was pasted over several lines. Write ' +
  'key:= and the expression toJSON(secrets.NAME) instead'

const LONE_SURROGATE =
  'the value holds half of a surrogate pair, which has no form in UTF-8. Put the bytes into a file and name it in ' +
  'secret-files'

/** The environment of a process is decoded before we see it, and what was not UTF-8 has become U+FFFD for good. */
export const NOT_UTF8 =
  'the text holds U+FFFD, the sign of bytes that were not UTF-8 and are lost. Put the bytes into a file and name it ' +
  'in secret-files'

const TOO_LARGE =
  `the value is larger than ${formatNumber(MAX_VALUE_BYTES)} bytes, the most that Databricks stores in one secret. ` +
  'Split it, or keep it in a Unity Catalog volume'

const KEY_HOLDS_VALUE =
  'the key contains a value of this map or a credential, as it is, in base64 or in hex, and every user of the workspace ' +
  'can read keys. A secret of several lines that was pasted here breaks into lines like this one: write key:= with ' +
  'toJSON(secrets.NAME). Otherwise, rename the key'

/**
 * Checks the whole map, across its sources, against the rules that Databricks has for what is stored and those that
 * keep a piece of a secret from becoming a name.
 *
 * @param credentials What this run signs in with: no more than a value may they be part of a key.
 */
export function validateMap(map: SecretMap, credentials: readonly SecretValue[]): InputError[] {
  const errors = map.flatMap((entry) =>
    checkValue(entry).map((problem) => ({ ...entry.location, ...problem })),
  )
  const first = new Map<string, InputLocation>()
  const holdsValue = createValueInKeyCheck(map.flatMap(spellingsOf), [
    ...map.map(({ value }) => value),
    ...credentials,
  ])
  for (const entry of map) {
    const { key, location } = entry
    const earlier = first.get(normalizeKey(key))
    if (earlier === undefined) first.set(normalizeKey(key), location)
    else errors.push({ ...location, message: repeated(earlier), kind: 'invalid-key' })
    if (spellingsOf(entry).some(holdsValue))
      errors.push({ ...location, message: KEY_HOLDS_VALUE, kind: 'invalid-key' })
  }
  const overflow = map[MAX_KEYS]
  if (overflow !== undefined)
    errors.push({ ...overflow.location, message: tooMany(map.length), kind: 'too-large' })
  return errors
}

/** The key in both of its cases: a value that stands in it is no less the value when it is in small letters. */
function spellingsOf({ key, uncased = key }: SecretEntry): string[] {
  return uncased === key ? [key] : [key, uncased]
}

function checkValue({ value, location }: SecretEntry): InputProblem[] {
  const problems: InputProblem[] = []
  if (value.isOnly('')) problems.push(emptyValueProblem(location))
  const placeholder = placeholderProblem(value, location)
  if (placeholder !== undefined) problems.push(placeholder)
  if (value.isOnly('=')) problems.push({ message: ONLY_EQUALS, kind: 'invalid-value' })
  if (!value.isWellFormed) problems.push({ message: LONE_SURROGATE, kind: 'invalid-value' })
  if (value.byteLength > MAX_VALUE_BYTES) problems.push({ message: TOO_LARGE, kind: 'too-large' })
  return problems
}

function repeated(earlier: InputLocation): string {
  return `the key repeats that of ${describeLocation(earlier)}, since Databricks does not tell upper from lower case`
}

function tooMany(count: number): string {
  return `the map has ${formatNumber(count)} keys, and a scope holds ${formatNumber(MAX_KEYS)} at most. Use several scopes`
}

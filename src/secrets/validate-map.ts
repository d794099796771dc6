import { describeLocation, type InputError, type InputLocation, type InputProblem } from './input-error.js'
import type { SecretValue } from '../secret-value.js'
import { normalizeKey } from './key.js'
import { placeholderProblem } from './placeholders.js'
import type { SecretLimits } from './secret-limits.js'
import type { SecretEntry, SecretMap } from './secret-map.js'
import { createValueInKeyCheck } from './values-in-keys.js'

/** The error for a missing secret: GitHub gives an empty text or `null`. */
export const NOT_VISIBLE = {
  message:
    'the value is empty, blank or null, which nearly always means that the secret is not visible to this job. Check its ' +
    'name, the environment of the job, and that the workflow does not run for a fork',
  cause: 'not-visible',
  kind: 'empty-value',
} as const

const EMPTY_IN_FILE =
  'the value is empty, blank or null. Check the step that writes the file, or leave the name out with exclude'

/** The error for an empty value, which depends on its source. */
export function emptyValueProblem({ input }: InputLocation): InputProblem {
  return input === 'secrets-file' ? { ...NOT_VISIBLE, message: EMPTY_IN_FILE } : NOT_VISIBLE
}

const ONLY_EQUALS =
  'the value is only an equals sign, the end of a base64 text that was pasted over several lines. Write key:= and the ' +
  'expression toJSON(secrets.NAME) instead'

const LONE_SURROGATE =
  'the value contains half of a surrogate pair, which UTF-8 cannot encode. Put the bytes into a file and name it in ' +
  'secret-files'

/** The error for lost bytes: Node replaces bytes of the environment that are not UTF-8 by U+FFFD. */
export const NOT_UTF8 =
  'the text contains U+FFFD, which replaces bytes that are not UTF-8. Put the bytes into a file and name it in ' +
  'secret-files'

const KEY_CONTAINS_VALUE =
  'the key contains a value of this map or a credential, plain, in base64 or in hex, and every user of the workspace can ' +
  'read keys. If a secret of several lines was pasted here, write key:= with toJSON(secrets.NAME). Otherwise rename the key'

/**
 * Refuses keys that contain a part of a value, because every user of the workspace can read keys.
 *
 * @param values All values that keys must not contain, the credentials of this run included.
 */
export function checkValuesInKeys(map: SecretMap, values: readonly SecretValue[]): InputError[] {
  const containsValue = createValueInKeyCheck(map.flatMap(spellingsOf), values)
  return map
    .filter((entry) => spellingsOf(entry).some(containsValue))
    .map(({ location }) => ({ ...location, message: KEY_CONTAINS_VALUE, kind: 'invalid-key' }))
}

/**
 * Validates the whole map, across its sources: the limits of the target, and that no key contains a part of a secret.
 *
 * @param credentials The credentials of this run, which keys must not contain either.
 */
export function validateMap(
  map: SecretMap,
  credentials: readonly SecretValue[],
  limits: SecretLimits,
): InputError[] {
  const values = [...map.map(({ value }) => value), ...credentials]
  return [...validateEntries(map, limits), ...checkValuesInKeys(map, values)]
}

/** Validates the map of one of several targets, without the values in its keys: see {@link checkValuesInKeys}. */
export function validateEntries(map: SecretMap, limits: SecretLimits): InputError[] {
  const errors = map.flatMap((entry) =>
    checkEntry(entry, limits).map((problem) => ({ ...entry.location, ...problem })),
  )
  const first = new Map<string, InputLocation>()
  for (const { key, location } of map) {
    const earlier = first.get(normalizeKey(key))
    if (earlier === undefined) first.set(normalizeKey(key), location)
    else errors.push({ ...location, message: repeated(earlier), kind: 'invalid-key' })
  }
  const overflow = map[limits.maxKeys ?? Infinity]
  if (overflow !== undefined)
    errors.push({ ...overflow.location, message: limits.tooMany(map.length), kind: 'too-large' })
  return errors
}

/** The key with and without `key-case`: a value in lower case is still a leak. */
function spellingsOf({ key, uncased = key }: SecretEntry): string[] {
  return uncased === key ? [key] : [key, uncased]
}

function checkEntry(entry: SecretEntry, limits: SecretLimits): InputProblem[] {
  const { value, location } = entry
  const problems: InputProblem[] = []
  if (value.isOnly('')) problems.push(emptyValueProblem(location))
  const placeholder = placeholderProblem(value, location)
  if (placeholder !== undefined) problems.push(placeholder)
  if (value.isOnly('=')) problems.push({ message: ONLY_EQUALS, kind: 'invalid-value' })
  if (!value.isWellFormed) problems.push({ message: LONE_SURROGATE, kind: 'invalid-value' })
  if (value.byteLength > limits.maxValueBytes) problems.push({ message: limits.tooLarge, kind: 'too-large' })
  return [...problems, ...limits.check(entry)]
}

function repeated(earlier: InputLocation): string {
  return `same key as ${describeLocation(earlier)} (keys are case-insensitive). Remove or rename one`
}

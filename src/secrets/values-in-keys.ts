import type { SecretValue } from '../secret-value.js'
import { stableBase64Of } from './masks/encodings.js'
import { FormMatcher } from './masks/form-matcher.js'
import { isKey } from './key.js'
import { searchableParts } from './masks/parts-in-names.js'

/** A shorter key may equal a value by chance, such as `env` and `env`. */
const MIN_EQUAL_LENGTH = 8

/** A key may contain a shorter value by chance, such as `snowflake-user` and `snowflake`. */
const MIN_CONTAINED_LENGTH = 16

/**
 * Creates a function that checks whether a key shows a value, because every user of the workspace can read keys. A key must
 * not equal a value of 8 characters or more, or a part of one, plain, in base64, base64url or hex. It must not contain one
 * of 16 characters or more either, case-insensitive.
 *
 * @param keys All keys to check.
 */
export function createValueInKeyCheck(
  keys: readonly string[],
  values: readonly SecretValue[],
): (key: string) => boolean {
  const longest = keys.reduce((most, { length }) => (length > most ? length : most), 0)
  const equal = new Set<string>()
  const contained = new Set<string>()
  for (const part of [...searchableParts(values, longest), ...values]) {
    if (part.length < MIN_EQUAL_LENGTH || part.length > longest) continue
    const content = Buffer.from(part.reveal())
    for (const form of [
      part.reveal().toString(),
      content.toString('base64').replace(/=+$/, ''),
      content.toString('base64url'),
      content.toString('hex'),
    ]) {
      if (isKey(form)) equal.add(form)
    }
    for (const form of [part.reveal().toString(), content.toString('hex'), ...stableBase64Of(content)]) {
      if (form.length >= MIN_CONTAINED_LENGTH && isKey(form)) contained.add(form.toLowerCase())
    }
  }
  const forms = new FormMatcher([...contained])
  return (key) => equal.has(key) || forms.occurrencesIn(key.toLowerCase()).length > 0
}

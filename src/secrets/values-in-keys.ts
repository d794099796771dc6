import type { SecretValue } from '../secret-value.js'
import { FormMatcher } from './masks/form-matcher.js'
import { isKey } from './key.js'
import { searchableParts } from './masks/masks.js'

/** A key may be the same short word as a value by chance (`env` and `env`), from so many characters not. */
const MIN_EQUAL = 8

/** A key may contain a short value by chance (`snowflake-user` and `snowflake`), from so many characters not. */
const MIN_CONTAINED = 16

/**
 * Makes the rule for keys, whose names everybody can read: a key must not be a value, or a piece of one, of 8 characters
 * or more, as it is, in base64 or base64url or in hex. Nor may it contain such a form of 16 characters or more, in any
 * case of letters.
 *
 * @param keys The keys that are to be checked.
 */
export function createValueInKeyCheck(
  keys: readonly string[],
  values: readonly SecretValue[],
): (key: string) => boolean {
  const longest = keys.reduce((most, { length }) => (length > most ? length : most), 0)
  const equal = new Set<string>()
  const contained = new Set<string>()
  for (const piece of [...searchableParts(values, longest), ...values]) {
    if (piece.length < MIN_EQUAL || piece.length > longest) continue
    const content = Buffer.from(piece.reveal())
    for (const form of [
      piece.reveal().toString(),
      content.toString('base64').replace(/=+$/, ''),
      content.toString('base64url'),
      content.toString('hex'),
    ]) {
      if (isKey(form)) equal.add(form)
    }
    for (const form of [piece.reveal().toString(), content.toString('hex'), ...base64Anywhere(content)]) {
      if (form.length >= MIN_CONTAINED && isKey(form)) contained.add(form.toLowerCase())
    }
  }
  const forms = new FormMatcher([...contained])
  return (key) => equal.has(key) || forms.occurrencesIn(key.toLowerCase()).length > 0
}

/** The characters of base64 and base64url that these bytes decide, at each of the three places where they may begin. */
function base64Anywhere(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap((before) => {
    const padded = Buffer.concat([Buffer.alloc(before), bytes])
    const [start, end] = [Math.ceil((before * 8) / 6), Math.floor((padded.length * 8) / 6)]
    return [padded.toString('base64').slice(start, end), padded.toString('base64url').slice(start, end)]
  })
}

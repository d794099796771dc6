import { SecretValue } from '../../secret-value.js'
import { mayBeExistingKey, MAX_KEY_LENGTH } from '../key.js'
import { encodedForms } from './encodings.js'
import { textsOf } from './value-forms.js'
import { trimWhitespace, valueParts } from './value-parts.js'

/** Shorter parts of a value may occur in a name by chance. */
const MIN_LENGTH = 8

/**
 * The values, and parts of values, that a name must not contain, because names are printed.
 *
 * @param longest The length of the longest name. Longer parts are left out.
 */
export function searchableParts(values: readonly SecretValue[], longest: number): SecretValue[] {
  const parts = values.flatMap((value) => textsOf(value).flatMap((text) => [text, ...valueParts(text)]))
  return [...new Set(parts.map(trimWhitespace))]
    .filter(({ length }) => length >= MIN_LENGTH && length <= longest)
    .map((part) => new SecretValue(part))
}

/** The forms of these values and of their parts that the name of a key may contain, such as base64url and hex. */
export function formsToFindInNames(values: readonly SecretValue[]): string[] {
  const forms = new Set<string>()
  for (const value of values) {
    const parts = textsOf(value).flatMap((text) => [text, ...valueParts(text)].map(trimWhitespace))
    for (const part of [value.reveal(), ...new Set(parts)]) {
      if (part.length > MAX_KEY_LENGTH) continue
      for (const form of [part.toString(), ...encodedForms(Buffer.from(part))]) {
        if (form.length >= MIN_LENGTH && mayBeExistingKey(form)) forms.add(form)
      }
    }
  }
  return [...forms]
}

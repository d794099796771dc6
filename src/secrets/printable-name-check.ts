import type { SecretValue } from '../secret-value.js'
import { FormMatcher } from './masks/form-matcher.js'
import { mayBeExistingKey } from './key.js'
import { formsToFindInNames } from './masks/parts-in-names.js'

/** Shorter forms are looked for case-sensitively only: with a value `postgres`, the name POSTGRES_HOST is not a leak. */
const MIN_CASE_INSENSITIVE_LENGTH = 16

/**
 * Creates a function that checks whether a name is safe to print, such as an existing key that another tool wrote. A safe
 * name has the form of a key, and contains no value, part of a value or encoding of either. In an output, for example,
 * nothing is masked.
 *
 * The first call does the work, which grows with the values.
 */
export function createPrintableNameCheck(values: readonly SecretValue[]): (name: string) => boolean {
  let matchers: { readonly exact: FormMatcher; readonly caseInsensitive: FormMatcher } | undefined
  return (name) => {
    if (!mayBeExistingKey(name)) return false
    if (matchers === undefined) {
      const forms = formsToFindInNames(values)
      const long = forms.filter(({ length }) => length >= MIN_CASE_INSENSITIVE_LENGTH)
      matchers = {
        exact: new FormMatcher(forms),
        caseInsensitive: new FormMatcher(long.map((form) => form.toLowerCase())),
      }
    }
    const { exact, caseInsensitive } = matchers
    return (
      exact.occurrencesIn(name).length === 0 && caseInsensitive.occurrencesIn(name.toLowerCase()).length === 0
    )
  }
}

import type { SecretValue } from '../secret-value.js'
import { FormMatcher } from './masks/form-matcher.js'
import { isListedName } from './key.js'
import { formsToFindInNames } from './masks/masks.js'

/** In another case of letters, only from so many characters: `postgres` is a value as well, and POSTGRES_HOST is no leak. */
const MIN_LENGTH_IN_ANY_CASE = 16

/**
 * Makes the rule for the names that may be told of keys that others have put: they have the form of a name, and show no
 * value, nor a piece of one, in no form that fits into a key. Where a name is told, in an output say, nothing is masked.
 *
 * The rule is worked out when it is first asked for; that work grows with the values.
 */
export function createPrintableNameCheck(values: readonly SecretValue[]): (name: string) => boolean {
  let telling: { readonly exact: FormMatcher; readonly inAnyCase: FormMatcher } | undefined
  return (name) => {
    if (!isListedName(name)) return false
    if (telling === undefined) {
      const forms = formsToFindInNames(values)
      const long = forms.filter(({ length }) => length >= MIN_LENGTH_IN_ANY_CASE)
      telling = {
        exact: new FormMatcher(forms),
        inAnyCase: new FormMatcher(long.map((form) => form.toLowerCase())),
      }
    }
    const { exact, inAnyCase } = telling
    return exact.occurrencesIn(name).length === 0 && inAnyCase.occurrencesIn(name.toLowerCase()).length === 0
  }
}

import type { SecretValue } from '../../secret-value.js'
import { SubstringIndex } from './substring-index.js'
import { textsOf } from './value-forms.js'
import { trimWhitespace } from './value-parts.js'

/**
 * Finds whole values in texts of others. Shorter values than eight characters are ignored, because they occur in any text
 * by chance. The search takes one pass over the text, for any number of values.
 */
export class ValueFinder {
  readonly #starts: SubstringIndex
  /** The values by their first characters. */
  readonly #values = new Map<string, string[]>()

  constructor(values: readonly SecretValue[]) {
    const texts = new Set(
      values
        .flatMap(textsOf)
        .map(trimWhitespace)
        .filter((text) => SubstringIndex.isLongEnough(text)),
    )
    for (const text of texts) {
      const start = startOf(text)
      const withSameStart = this.#values.get(start)
      if (withSameStart === undefined) this.#values.set(start, [text])
      else withSameStart.push(text)
    }
    this.#starts = new SubstringIndex([...this.#values.keys()])
  }

  /** Whether a text contains one of the values, without the white space around it. */
  occursIn(text: string): boolean {
    return this.#starts
      .occurrencesIn(text)
      .some(({ start, end }) =>
        this.#values.get(text.slice(start, end))?.some((value) => text.startsWith(value, start)),
      )
  }
}

/** As many characters as {@link SubstringIndex} compares. */
function startOf(text: string): string {
  return text.slice(0, SubstringIndex.LENGTH)
}

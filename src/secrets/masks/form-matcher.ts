import type { TextRange } from './substring-index.js'
import { MIN_MASK_LENGTH } from './value-forms.js'

/**
 * Finds complete forms of values in a text. Forms of fewer than four characters are ignored, because they occur in any text
 * by chance. The search takes one pass over the text, for any number of forms.
 */
export class FormMatcher {
  /** The forms by their first characters. */
  readonly #forms = new Map<string, string[]>()

  constructor(forms: readonly string[]) {
    for (const form of forms) {
      if (form.length < MIN_MASK_LENGTH) continue
      const start = form.slice(0, MIN_MASK_LENGTH)
      const withSameStart = this.#forms.get(start)
      if (withSameStart === undefined) this.#forms.set(start, [form])
      else withSameStart.push(form)
    }
  }

  /** The ranges of a text that are such forms, in order. They may overlap. */
  occurrencesIn(text: string): TextRange[] {
    const found: TextRange[] = []
    for (let start = 0; start + MIN_MASK_LENGTH <= text.length; start++) {
      for (const form of this.#forms.get(text.slice(start, start + MIN_MASK_LENGTH)) ?? []) {
        if (text.startsWith(form, start)) found.push({ start, end: start + form.length })
      }
    }
    return found
  }
}

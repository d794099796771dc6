import type { TextRange } from './substring-index.js'
import { MIN_MASK_LENGTH } from './value-forms.js'

/**
 * Finds whole forms of values in a text. Those of fewer than four characters are not looked for: they stand in any text
 * by chance. A text is gone through once, however many forms there are.
 */
export class FormMatcher {
  /** By their first characters. */
  readonly #forms = new Map<string, string[]>()

  constructor(forms: readonly string[]) {
    for (const form of forms) {
      if (form.length < MIN_MASK_LENGTH) continue
      const start = form.slice(0, MIN_MASK_LENGTH)
      const alike = this.#forms.get(start)
      if (alike === undefined) this.#forms.set(start, [form])
      else alike.push(form)
    }
  }

  /** The stretches of a text that are such forms, in order, with overlaps. */
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

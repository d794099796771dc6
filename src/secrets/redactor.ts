import type { SecretValue } from '../secret-value.js'
import { Fragments, type Stretch } from './fragments.js'
import { planMasks } from './masks.js'

const STARS = '***'

/**
 * Takes the values out of what others say: whole, in every form that is masked, and in part. A workspace that echoes a
 * request may cut it anywhere. The runner's masks hide whole values in the log; in the summary, nothing does.
 */
export class Redactor {
  readonly #values: SecretValue[]
  #index: { readonly shortForms: readonly string[]; readonly fragments: Fragments } | undefined

  constructor(values: readonly SecretValue[]) {
    this.#values = [...values]
  }

  /** Takes this out as well, from here on. */
  add(value: SecretValue): void {
    this.#values.push(value)
    this.#index = undefined
  }

  /** The text without the values, each stretch of them replaced by `***`. */
  redact(text: string): string {
    const { shortForms, fragments } = this.#prepared()
    const hidden = fragments.occurrencesIn(text)
    // Forms that are too short to have a fragment.
    for (const form of shortForms) {
      for (let at = text.indexOf(form); at !== -1; at = text.indexOf(form, at + 1)) {
        hidden.push({ start: at, end: at + form.length })
      }
    }
    return withStars(text, hidden)
  }

  /** The work of it grows with every byte of the values, and most runs have nothing to redact: done when asked for. */
  #prepared() {
    if (this.#index === undefined) {
      const forms = planMasks(this.#values)
      this.#index = {
        shortForms: forms.filter((form) => !Fragments.fit(form)),
        fragments: new Fragments(forms.filter((form) => Fragments.fit(form))),
      }
    }
    return this.#index
  }
}

function withStars(text: string, hidden: readonly Stretch[]): string {
  let shown = ''
  let end = -1
  for (const stretch of [...hidden].sort((one, other) => one.start - other.start)) {
    // Stretches that touch become one.
    if (stretch.start > end) shown += text.slice(Math.max(end, 0), stretch.start) + STARS
    end = Math.max(end, stretch.end)
  }
  return shown + text.slice(Math.max(end, 0))
}

import { derivedForms } from './derived-forms.js'
import { linesOf, trim } from './dotnet-text.js'

/** Forms are looked up by their first characters, so that a thousand secrets cost little more than one. */
const PREFIX_LENGTH = 4

/** Replaces secrets in text as `SecretMasker` of actions/runner does: only from their registration on. */
export class SecretMasker {
  readonly #formsByPrefix = new Map<string, Set<string>>()
  /** By the first UTF-16 code unit: bit `n` is set where forms that begin with it have a prefix of `n` characters. */
  readonly #prefixLengths = new Uint8Array(0x10000)

  /** Registers a secret, trimmed, and each of its lines, trimmed, on its own. Blank ones are left out. */
  add(secret: string): void {
    // By way of bytes, as lone surrogates have no UTF-8 form and so never get into a log.
    const whole = Buffer.from(secret).toString()
    for (const value of [whole, ...linesOf(whole)].map(trim)) {
      if (value !== '') this.#register(value)
    }
  }

  /**
   * The text with every registered secret, and every derived form of one, replaced by `***`. Finds that overlap or
   * touch become one `***`.
   */
  mask(text: string): string {
    let masked = ''
    let copied = 0 // up to here, `text` is in `masked`
    let end = -1 // of the find that is being extended
    for (let at = 0; at < text.length; at++) {
      const length = this.#longestAt(text, at)
      if (length === 0) continue
      if (at > end) {
        masked += text.slice(copied, at) + '***'
      }
      end = Math.max(end, at + length)
      copied = end
    }
    return masked + text.slice(copied)
  }

  #register(value: string): void {
    for (const form of [value, ...derivedForms(value)]) {
      if (form === '') continue
      const prefix = form.slice(0, PREFIX_LENGTH)
      const first = form.charCodeAt(0)
      this.#prefixLengths[first] = (this.#prefixLengths[first] ?? 0) | (1 << prefix.length)
      const forms = this.#formsByPrefix.get(prefix)
      if (forms) forms.add(form)
      else this.#formsByPrefix.set(prefix, new Set([form]))
    }
  }

  #longestAt(text: string, at: number): number {
    let longest = 0
    const lengths = this.#prefixLengths[text.charCodeAt(at)] ?? 0
    for (let length = 1; length <= PREFIX_LENGTH; length++) {
      if ((lengths & (1 << length)) === 0) continue
      for (const form of this.#formsByPrefix.get(text.slice(at, at + length)) ?? []) {
        if (form.length > longest && text.startsWith(form, at)) longest = form.length
      }
    }
    return longest
  }
}

import type { SecretValue } from '../../secret-value.js'
import { FormMatcher } from './form-matcher.js'
import { SubstringIndex, type TextRange } from './substring-index.js'
import { originalRanges, decodeText, withoutIgnorable } from './decode-text.js'
import { allFormsOf, distinct, MIN_MASK_LENGTH } from './value-forms.js'

const STARS = '***'

/** The size of the cache, in texts of up to 64 KB. */
const MAX_CACHED = 64

/**
 * Removes values from untrusted text: whole values, their encoded forms, and parts of them, because a workspace may echo a
 * request and cut it anywhere. The runner masks only whole values, and only in the log, not in the job summary.
 */
export class Redactor {
  readonly #values: SecretValue[]
  /** Built at the first call that needs it: the work grows with the values, and most runs redact nothing. */
  #wholeForms: { readonly forms: readonly string[]; readonly matcher: FormMatcher } | undefined
  /** As above. It takes longer, and only text that may echo a request needs it. */
  #parts:
    | {
        readonly shortForms: ReadonlySet<string>
        readonly lengths: readonly number[]
        /** The first code units of the short forms. */
        readonly firstUnits: ReadonlySet<number>
        readonly substrings: SubstringIndex
      }
    | undefined
  /** A cache of redacted texts: a gateway may send the same text to each of a thousand requests. */
  readonly #cache = new Map<string, string>()

  constructor(values: readonly SecretValue[]) {
    this.#values = [...values]
  }

  /** Adds a value to remove from now on. */
  add(value: SecretValue): void {
    this.#values.push(value)
    this.#wholeForms = undefined
    this.#parts = undefined
    this.#cache.clear()
  }

  /** Replaces each value, form and part of a value in the text by `***`. */
  redact(text: string): string {
    const known = this.#cache.get(text)
    if (known !== undefined) return known
    const shown = withStars(
      text,
      findInAllDecodings(text, (decoded) => this.#rangesIn(decoded)),
    )
    if (this.#cache.size >= MAX_CACHED) this.#cache.clear()
    this.#cache.set(text, shown)
    return shown
  }

  /**
   * Replaces only whole values and forms by `***`, like the runner's masks. It is for text that this action
   * wrote, not for text that may echo a request. Nearly every value has a part in common with the action's own text.
   */
  redactWholes(text: string): string {
    const { matcher } = this.#getWholeForms()
    return withStars(
      text,
      findInAllDecodings(text, (decoded) => matcher.occurrencesIn(decoded)),
    )
  }

  #rangesIn(text: string): TextRange[] {
    const { shortForms, lengths, firstUnits, substrings } = this.#getParts()
    const hidden = substrings.occurrencesIn(text)
    // Forms that are too short for the index. A file of short lines has thousands of them.
    for (let at = 0; at < text.length; at++) {
      if (!firstUnits.has(text.charCodeAt(at))) continue
      for (const length of lengths) {
        if (shortForms.has(text.slice(at, at + length))) hidden.push({ start: at, end: at + length })
      }
    }
    return hidden
  }

  #getWholeForms() {
    if (this.#wholeForms === undefined) {
      const planned = allFormsOf(this.#values)
      // As in a list of bytes, and without invisible characters.
      const others = [...this.#values.map(bytesAsText), ...planned.map(withoutIgnorable)]
      const forms = distinct([...planned, ...others.filter((form) => form.trim().length >= MIN_MASK_LENGTH)])
      this.#wholeForms = { forms, matcher: new FormMatcher(forms) }
    }
    return this.#wholeForms
  }

  #getParts() {
    if (this.#parts === undefined) {
      const { forms: wholeForms } = this.#getWholeForms()
      // As in a text with collapsed white space.
      const forms = distinct([...wholeForms, ...wholeForms.map(collapseWhitespace)])
      const shortForms = new Set(forms.filter((form) => form !== '' && !SubstringIndex.isLongEnough(form)))
      this.#parts = {
        shortForms,
        lengths: [...new Set([...shortForms].map(({ length }) => length))],
        firstUnits: new Set([...shortForms].map((form) => form.charCodeAt(0))),
        substrings: new SubstringIndex(forms.filter((form) => SubstringIndex.isLongEnough(form))),
      }
    }
    return this.#parts
  }
}

/** Puts a text on one line: removes invisible characters, and replaces control and separator characters by a space. */
export function collapseWhitespace(text: string): string {
  return withoutIgnorable(text)
    .replace(/[\p{C}\p{Z}]+/gu, ' ')
    .trim()
}

/** The bytes of a value, one code unit per byte, without zeros, like the result of {@link decodeText}. */
function bytesAsText(value: SecretValue): string {
  const content = value.reveal()
  return (typeof content === 'string' ? Buffer.from(content) : content)
    .toString('latin1')
    .replaceAll('\0', '')
}

function findInAllDecodings(text: string, find: (decoded: string) => TextRange[]): TextRange[] {
  return [
    ...find(text),
    ...decodeText(text).flatMap((decoded) => originalRanges(decoded, find(decoded.text))),
  ]
}

function withStars(text: string, hidden: readonly TextRange[]): string {
  let shown = ''
  let end = -1
  for (const range of [...hidden].sort((one, other) => one.start - other.start)) {
    // Adjacent ranges become one.
    if (range.start > end) shown += text.slice(Math.max(end, 0), range.start) + STARS
    end = Math.max(end, range.end)
  }
  return shown + text.slice(Math.max(end, 0))
}

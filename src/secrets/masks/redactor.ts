import type { SecretValue } from '../../secret-value.js'
import { FormMatcher } from './form-matcher.js'
import { SubstringIndex, type TextRange } from './substring-index.js'
import { originalRanges, decodeText, withoutIgnorable } from './decode-text.js'
import { allFormsOf, MIN_MASK_LENGTH } from './value-forms.js'

const STARS = '***'

/** So many texts are remembered, of up to 64 KB each. */
const REMEMBERED = 64

/**
 * Takes the values out of what others say: whole, in every form that is masked, and in part. A workspace that echoes a
 * request may cut it anywhere. The runner's masks hide whole values in the log; in the summary, nothing does.
 */
export class Redactor {
  readonly #values: SecretValue[]
  #index:
    | {
        readonly shortForms: ReadonlySet<string>
        readonly lengths: readonly number[]
        /** The first code units of the short forms. */
        readonly beginnings: ReadonlySet<number>
        /** What has been redacted last, by how it was: a gateway says the same to each of a thousand requests. */
        readonly redacted: Map<string, string>
        readonly fragments: SubstringIndex
        readonly wholes: FormMatcher
      }
    | undefined

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
    const { redacted } = this.#prepared()
    const known = redacted.get(text)
    if (known !== undefined) return known
    const shown = withStars(
      text,
      inAllReadings(text, (read) => this.#partsIn(read)),
    )
    if (redacted.size >= REMEMBERED) redacted.clear()
    redacted.set(text, shown)
    return shown
  }

  /**
   * The text with each whole form of a value replaced by `***`, as the runner's masks do it in the log: for words of our
   * own, which are no echo of a request. In part, nearly every value has something in common with them.
   */
  redactWholes(text: string): string {
    const { wholes } = this.#prepared()
    return withStars(
      text,
      inAllReadings(text, (read) => wholes.occurrencesIn(read)),
    )
  }

  #partsIn(text: string): TextRange[] {
    const { shortForms, lengths, beginnings, fragments } = this.#prepared()
    const hidden = fragments.occurrencesIn(text)
    // Forms that are too short to have a fragment: looked up, since a file of short lines has thousands of them.
    for (let at = 0; at < text.length; at++) {
      if (!beginnings.has(text.charCodeAt(at))) continue
      for (const length of lengths) {
        if (shortForms.has(text.slice(at, at + length))) hidden.push({ start: at, end: at + length })
      }
    }
    return hidden
  }

  /** The work of it grows with every byte of the values, and most runs have nothing to redact: done when asked for. */
  #prepared() {
    if (this.#index === undefined) {
      const planned = allFormsOf(this.#values)
      // As they look in a list of bytes, or without what nobody sees.
      const others = [...this.#values.map(asBytes), ...planned.map(withoutIgnorable)]
      const masks = [
        ...new Set([...planned, ...others.filter((form) => form.trim().length >= MIN_MASK_LENGTH)]),
      ]
      // As they look in a text whose white space has been tidied.
      const forms = [...new Set([...masks, ...masks.map(collapseWhitespace)])]
      const shortForms = new Set(forms.filter((form) => form !== '' && !SubstringIndex.isLongEnough(form)))
      this.#index = {
        shortForms,
        lengths: [...new Set([...shortForms].map(({ length }) => length))],
        beginnings: new Set([...shortForms].map((form) => form.charCodeAt(0))),
        redacted: new Map(),
        fragments: new SubstringIndex(forms.filter((form) => SubstringIndex.isLongEnough(form))),
        wholes: new FormMatcher(masks),
      }
    }
    return this.#index
  }
}

/** A text on one line, without what nobody sees: each run of control and separator characters a blank. */
export function collapseWhitespace(text: string): string {
  return withoutIgnorable(text)
    .replace(/[\p{C}\p{Z}]+/gu, ' ')
    .trim()
}

/** The bytes of a value, with a code unit for each, but for zeros: as {@link decodeText} has them. */
function asBytes(value: SecretValue): string {
  const content = value.reveal()
  return (typeof content === 'string' ? Buffer.from(content) : content)
    .toString('latin1')
    .replaceAll('\0', '')
}

function inAllReadings(text: string, find: (read: string) => TextRange[]): TextRange[] {
  return [
    ...find(text),
    ...decodeText(text).flatMap((reading) => originalRanges(reading, find(reading.text))),
  ]
}

function withStars(text: string, hidden: readonly TextRange[]): string {
  let shown = ''
  let end = -1
  for (const stretch of [...hidden].sort((one, other) => one.start - other.start)) {
    // Stretches that touch become one.
    if (stretch.start > end) shown += text.slice(Math.max(end, 0), stretch.start) + STARS
    end = Math.max(end, stretch.end)
  }
  return shown + text.slice(Math.max(end, 0))
}

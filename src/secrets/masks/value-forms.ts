import type { SecretValue } from '../../secret-value.js'
import { encodedForms, encodedLines } from './encodings.js'
import { allEscapesOf, escapesOf, moreEscapesOf } from './escapes.js'
import { textsAfterCommands } from './runner-commands.js'
import { innerTextsOf, nonBlankLines, trimWhitespace, valueParts } from './value-parts.js'

/** A shorter mask would garble the log: `{` would turn every brace into `***`. */
export const MIN_MASK_LENGTH = 4

/** Values with more bytes get no forms for URLs, JSON, HTML and shells. */
export const MAX_BYTES_ESCAPED = 4_096

/** The text of a value, decoded from UTF-8, or UTF-16 with a byte order mark; empty for binary content. */
export function textsOf(value: SecretValue): string[] {
  const content = value.reveal()
  if (typeof content === 'string') return [content]
  const text = content.toString()
  if (Buffer.from(text).equals(content)) return [text]
  // Windows writes UTF-16 with a byte order mark.
  const mark = content.length % 2 === 0 ? content.subarray(0, 2).toString('hex') : ''
  if (mark === 'fffe') return [content.subarray(2).toString('utf16le')]
  if (mark === 'feff') return [Buffer.from(content.subarray(2)).swap16().toString('utf16le')]
  return []
}

/** All forms of these values, for the redactor: the longest first, without duplicates and without limits. */
export function allFormsOf(values: readonly SecretValue[]): string[] {
  return longestFirst(values.flatMap((value) => formsOf(value)))
}

/** Sorts texts by length, and removes duplicates. */
export function longestFirst(texts: Iterable<string>): string[] {
  return [...new Set(texts)].sort((one, other) => other.length - one.length)
}

function formsOf(value: SecretValue): string[] {
  const bytes = Buffer.from(value.reveal())
  const texts = textsOf(value)
  const encoded = (): string[] => [...encodedForms(bytes), ...encodedLines(bytes)]
  if (texts.length === 0) return encoded().filter(isMask)
  return texts.flatMap((text) => {
    const lines = nonBlankLines(text)
    const whole = trimWhitespace(text)
    if (!isLong(whole)) {
      return lines.length === 1 ? [...lines, ...[...encoded(), ...allEscapesOf(text)].filter(isLongForm)] : []
    }
    // The encodings of the trimmed text are found in more places.
    const inner = [...innerTextsOf(text), ...valueParts(text)]
    const parts = distinct([whole, ...[...inner, ...inner.flatMap(textsAfterCommands)].filter(isLong)])
    return [
      ...(lines.length === 1 ? lines : []),
      ...distinct([
        ...parts,
        ...parts.flatMap((part) => [
          ...encodedForms(Buffer.from(part)),
          ...escapesOf(part),
          // For longer texts, the other forms already cover nearly all of these.
          ...(part.length <= MAX_BYTES_ESCAPED ? moreEscapesOf(part) : []),
        ]),
        // Without white space around the value, the first part is the same bytes.
        ...(Buffer.from(whole).equals(bytes) ? encodedLines(bytes) : encoded()),
      ]).filter(isMask),
    ]
  })
}

/** Removes duplicates. */
export function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)]
}

/** Whether the form of a value under four characters is long enough for a mask that does not garble the log. */
export function isLongForm(form: string): boolean {
  return isMask(form) && form.length >= MIN_MASK_LENGTH + 2
}

/** Whether a text can be registered as a mask: long enough, on one line. */
export function isMask(text: string): boolean {
  return isLong(text) && !/[\r\n]/.test(text)
}

/** Whether a text is long enough for a mask that does not garble the log. */
export function isLong(text: string): boolean {
  return trimWhitespace(text).length >= MIN_MASK_LENGTH
}

import type { TextRange } from './substring-index.js'

/** A decoded text, and for each of its code units the range of the original text. */
export interface DecodedText {
  readonly text: string
  readonly origins: readonly TextRange[]
}

/** Fewer bytes in a row do not count as a list: every sentence may contain numbers. */
const MIN_BYTES = 4

/** The separator of two bytes in a list: no letters and no digits. */
const SEPARATOR = /^[^\p{L}\p{N}]{0,8}$/u

/** The notations of bytes in lists: hex with two digits per byte, with or without a prefix; decimal; octal. */
const LISTS = [
  { byte: /(?:0x|\\+[xu]\{?|u\+|(?<![\da-z]))((?:[\da-f]{2})+)(?![\da-z])/gi, radix: 16 },
  { byte: /-?(?<!\w)(\d{1,3})(?!\w)/g, radix: 10 },
  { byte: /(?<![a-z\d])(0?[0-3]?[0-7]{1,2})(?!\w)/gi, radix: 8 },
] as const

/** Removes the characters that Unicode calls default ignorable, such as U+200B, U+034F and U+FE0F. They are invisible. */
export function withoutIgnorable(text: string): string {
  return text.replace(/\p{Default_Ignorable_Code_Point}/gu, '')
}

/**
 * Decodes a text in other ways: without invisible characters, and each list of bytes (`[102, 97]`, `66 61`, `\x66\x61`) as
 * characters, one code unit per byte. Zero bytes are dropped, so UTF-16 becomes readable.
 */
export function decodeText(text: string): DecodedText[] {
  return [...withoutInvisible(text), ...LISTS.flatMap(({ byte, radix }) => bytesIn(text, byte, radix))]
}

function withoutInvisible(text: string): DecodedText[] {
  if (!/\p{Default_Ignorable_Code_Point}/u.test(text)) return []
  let decodedText = ''
  const origins: TextRange[] = []
  for (const { 0: character, index } of text.matchAll(/[^]/gu)) {
    if (withoutIgnorable(character) === '') continue
    decodedText += character
    for (let unit = 0; unit < character.length; unit++) {
      origins.push({ start: index + unit, end: index + unit + 1 })
    }
  }
  return [{ text: decodedText, origins }]
}

function bytesIn(text: string, byte: RegExp, radix: 8 | 10 | 16): DecodedText[] {
  const decoded: DecodedText[] = []
  let decodedText = ''
  let origins: TextRange[] = []
  let last = 0
  const close = (): void => {
    if (decodedText.length >= MIN_BYTES) decoded.push({ text: decodedText, origins })
    decodedText = ''
    origins = []
  }
  for (const { 0: found, 1: digits = '', index } of text.matchAll(byte)) {
    const between = text.slice(last, index)
    if (!SEPARATOR.test(between)) close()
    const number = Number.parseInt(digits, radix)
    if (radix !== 16 && number > 255) continue
    last = index + found.length
    // Java prints bytes with a sign; a hyphen may also separate two bytes.
    const isNegative = found.startsWith('-') && between !== ''
    const bytes = radix === 16 ? Buffer.from(digits, 'hex') : [isNegative ? 256 - number : number]
    for (const value of bytes) {
      if (value === 0) continue
      decodedText += String.fromCharCode(value)
      origins.push({ start: index, end: last })
    }
  }
  close()
  return decoded
}

/** Maps ranges of a decoded text to ranges of the original text. */
export function originalRanges({ origins }: DecodedText, ranges: readonly TextRange[]): TextRange[] {
  return ranges.map(({ start, end }) => ({
    start: origins[start]?.start ?? 0,
    end: origins[Math.min(end, origins.length) - 1]?.end ?? 0,
  }))
}

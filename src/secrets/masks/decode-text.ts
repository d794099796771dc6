import type { TextRange } from './substring-index.js'

/** A text as it may be read, and where in the text each of its code units comes from. */
export interface DecodedText {
  readonly text: string
  readonly origins: readonly TextRange[]
}

/** So few bytes in a row are no list: any sentence has numbers. */
const MIN_BYTES = 4

/** What may stand between two bytes of a list: no letter and no digit. */
const BETWEEN = /^[^\p{L}\p{N}]{0,8}$/u

/** How lists of bytes are written: in hex, two digits a byte, with or without a sign for it; in decimal; in octal. */
const LISTS = [
  { byte: /(?:0x|\\+[xu]\{?|u\+|(?<![\da-z]))((?:[\da-f]{2})+)(?![\da-z])/gi, radix: 16 },
  { byte: /-?(?<!\w)(\d{1,3})(?!\w)/g, radix: 10 },
  { byte: /(?<![a-z\d])(0?[0-3]?[0-7]{1,2})(?!\w)/gi, radix: 8 },
] as const

/** A text without the characters that Unicode has for no sign of their own, such as U+200B, U+034F and U+FE0F. */
export function withoutIgnorable(text: string): string {
  return text.replace(/\p{Default_Ignorable_Code_Point}/gu, '')
}

/**
 * The other ways to read a text: without the characters that nobody sees, and with each list of bytes (`[102, 97]`,
 * `66 61`, `\x66\x61`) as the characters that it stands for, a code unit for each byte. UTF-16 loses its zeros.
 */
export function decodeText(text: string): DecodedText[] {
  return [...visible(text), ...LISTS.flatMap(({ byte, radix }) => bytesIn(text, byte, radix))]
}

function visible(text: string): DecodedText[] {
  if (!/\p{Default_Ignorable_Code_Point}/u.test(text)) return []
  let shown = ''
  const origins: TextRange[] = []
  for (const { 0: character, index } of text.matchAll(/[^]/gu)) {
    if (withoutIgnorable(character) === '') continue
    shown += character
    for (let unit = 0; unit < character.length; unit++) {
      origins.push({ start: index + unit, end: index + unit + 1 })
    }
  }
  return [{ text: shown, origins }]
}

function bytesIn(text: string, byte: RegExp, radix: 8 | 10 | 16): DecodedText[] {
  const readings: DecodedText[] = []
  let shown = ''
  let origins: TextRange[] = []
  let last = 0
  const close = (): void => {
    if (shown.length >= MIN_BYTES) readings.push({ text: shown, origins })
    shown = ''
    origins = []
  }
  for (const { 0: found, 1: digits = '', index } of text.matchAll(byte)) {
    const between = text.slice(last, index)
    if (!BETWEEN.test(between)) close()
    const number = Number.parseInt(digits, radix)
    if (radix !== 16 && number > 255) continue
    last = index + found.length
    // A byte of Java has a sign; a hyphen may also stand between two bytes.
    const isNegative = found.startsWith('-') && between !== ''
    const bytes = radix === 16 ? Buffer.from(digits, 'hex') : [isNegative ? 256 - number : number]
    for (const value of bytes) {
      if (value === 0) continue
      shown += String.fromCharCode(value)
      origins.push({ start: index, end: last })
    }
  }
  close()
  return readings
}

/** Where in the text stretches of a reading come from. */
export function originalRanges({ origins }: DecodedText, stretches: readonly TextRange[]): TextRange[] {
  return stretches.map(({ start, end }) => ({
    start: origins[start]?.start ?? 0,
    end: origins[Math.min(end, origins.length) - 1]?.end ?? 0,
  }))
}

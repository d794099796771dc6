import type { SecretValue } from '../../secret-value.js'
import {
  base64CoresOf,
  base64LinePiecesOf,
  base64PiecesOf,
  encodedLines,
  encodedForms,
  hexLinesOf,
  hexOf,
  percentFormsOf,
} from './encodings.js'
import { allEscapesOf, escapesOf, hasNothingToEscape, lineEscapesOf, moreEscapesOf } from './escapes.js'
import { innerTextsOf, nonBlankLines, valueParts, trimWhitespace } from './value-parts.js'
import { textsAfterCommands } from './runner-commands.js'

/** A mask of fewer characters hides much of the log that is no secret: `{` would turn every brace into `***`. */
export const MIN_MASK_LENGTH = 4

/** Above so many bytes there are no pieces of base64 for lines that begin anywhere, and hex has its lines in one case. */
export const MAX_BYTES_IN_PIECES = 4_096

/** Above so many bytes the forms of URLs, JSON, HTML and shells are left out. */
export const MAX_BYTES_ESCAPED = 4_096

/** The texts that a content is, whoever reads it: none if it is none. */
export function textsOf(value: SecretValue): string[] {
  const content = value.reveal()
  if (typeof content === 'string') return [content]
  const text = content.toString()
  if (Buffer.from(text).equals(content)) return [text]
  // Windows writes text like this, with a mark that tells in which order.
  const mark = content.length % 2 === 0 ? content.subarray(0, 2).toString('hex') : ''
  if (mark === 'fffe') return [content.subarray(2).toString('utf16le')]
  if (mark === 'feff') return [Buffer.from(content.subarray(2)).swap16().toString('utf16le')]
  return []
}

/**
 * Every form of these values that is taken out of what the action itself prints, the longest first, none twice: without
 * regard to what the runner derives, and to what it can take.
 */
export function allFormsOf(values: readonly SecretValue[]): string[] {
  return longestFirst(values.flatMap((value) => formsOf(value)))
}

/** Sorts texts by their length, and leaves out those that come again. */
export function longestFirst(texts: Iterable<string>): string[] {
  return [...new Set(texts)].sort((one, other) => other.length - one.length)
}

/** The forms of a value that the runner is not sure to be told: base64 of the whole in lines, and three kinds of others. */
export type FormGroup = 'base64' | 'embeddedBase64' | 'hex' | 'escaped'

/** The masks of one value for the runner, which are worked out when they are asked for. */
export interface RunnerMasks extends Readonly<Record<FormGroup, () => string[]>> {
  /** The value and its parts as they are. */
  raw(): string[]
  /** So many masks a group has at the least; 0 where that is not known without working them out. */
  fewest(group: FormGroup): number
  /** In bytes. */
  readonly size: number
}

/**
 * The masks of a value for the runner. What the runner derives from a mask by itself is left out of the others: base64 of
 * a value of one line, what JSON makes of it, and .NET's form for URLs.
 *
 * @param options.inLines False for a credential, which gets no pieces of forms that are broken into lines.
 */
export function runnerMasksOf(value: SecretValue, { inLines = true } = {}): RunnerMasks {
  const content = value.reveal()
  const bytes = Buffer.from(content)
  const [text] = textsOf(value)
  const whole = text === undefined ? '' : trimWhitespace(text)
  const size = bytes.length
  if (text !== undefined && whole.length < MIN_MASK_LENGTH) return shortMasks(text, bytes)

  const lines = text === undefined ? [] : nonBlankLines(text)
  const inOneLine = lines.length === 1
  const encodedText = Buffer.from(whole)
  const isPlain = text !== undefined && bytes.includes(encodedText)
  /** The value without the white space around it, and as it is where that is something else. */
  const contents = text === undefined ? [bytes] : distinctBuffers([encodedText, bytes])
  const inner = memoized(() => {
    if (text === undefined) return []
    const texts = [...innerTextsOf(text)]
    const parts = [text, ...texts].flatMap((each) => nonBlankLines(each))
    return [...new Set([...texts, ...parts.flatMap(textsAfterCommands)].map(trimWhitespace))].filter(
      (each) => each.length >= MIN_MASK_LENGTH && each !== whole,
    )
  })
  /** Lines that are only a part of something. */
  const partLines = memoized(() => [
    ...new Set(
      [...(inOneLine ? [] : lines), ...inner().flatMap((each) => manyLinesOf(each))].map(trimWhitespace),
    ),
  ])

  return {
    size,
    fewest(group) {
      if (group === 'base64') return Math.floor(size / 57)
      if (group === 'hex') return Math.max(1, Math.floor(size / 30))
      if (group === 'escaped') return hasNothingToEscape(whole) ? 0 : 1
      return inLines && size <= MAX_BYTES_IN_PIECES ? Math.max(1, Math.floor(encodedText.length / 4)) : 1
    },
    raw() {
      if (text === undefined) return []
      const pieces = [...valueParts(text)].filter(isLong)
      const raw = [...(inOneLine ? [...lines, whole] : []), ...pieces]
      return [...raw, ...raw.flatMap(textsAfterCommands)].filter(isMask)
    },
    base64() {
      return contents
        .flatMap((each) => [
          ...(inLines ? base64LinePiecesOf(each) : []),
          ...(inOneLine && isPlain ? [] : wholeBase64(each, inLines)),
        ])
        .filter(isMask)
    },
    embeddedBase64() {
      const embedded = (each: Buffer): string[] =>
        inLines && each.length <= MAX_BYTES_IN_PIECES ? base64PiecesOf(each) : base64CoresOf(each)
      return [
        // At each of the alignments, the text is a part of what has white space around it.
        ...(isPlain ? [encodedText] : contents).flatMap(embedded),
        ...inner().flatMap((each) => {
          const part = Buffer.from(each)
          if (!/[\r\n]/.test(each)) return embedded(part)
          return [...(inLines ? base64LinePiecesOf(part) : []), ...base64CoresOf(part)]
        }),
        ...partLines().flatMap((line) => base64CoresOf(Buffer.from(line))),
      ].filter(isMask)
    },
    hex() {
      return [
        ...[...contents, ...inner().map((each) => Buffer.from(each))].flatMap(inLines ? hexInLines : hexOf),
        ...partLines().flatMap((line) => hexOf(Buffer.from(line))),
      ].filter(isMask)
    },
    escaped() {
      if (text === undefined) return size > MAX_BYTES_ESCAPED ? [] : percentFormsOf(bytes).filter(isMask)
      if (whole === text && hasNothingToEscape(text)) return []
      const shared = inOneLine && inner().length === 0 ? sharedByEscapes(text) : undefined
      if (shared !== undefined) return shared
      const forms = [whole, ...inner()].flatMap((each) => {
        const part = Buffer.from(each)
        if (part.length > MAX_BYTES_ESCAPED) return []
        return withoutDerived(each, [...percentFormsOf(part), ...allEscapesOf(each)])
      })
      const ofLines = partLines().flatMap((line) => {
        const part = Buffer.from(line)
        return part.length > MAX_BYTES_ESCAPED
          ? []
          : withoutDerived(line, [...percentFormsOf(part).slice(0, 2), ...lineEscapesOf(line)])
      })
      const ofBytes = isPlain || size > MAX_BYTES_ESCAPED ? [] : percentFormsOf(bytes)
      return [...forms, ...ofLines, ...ofBytes].filter(isMask)
    },
  }
}

/** An escape of a character of ASCII has so many characters at the most: `&#x2F;`, or `\\u002f`. */
const LONGEST_ESCAPE = 6

/** So much of a form may be shown: fewer than 16 characters in a row. */
const MAX_SHOWN_IN_ROW = 15

/**
 * The stretches of letters and digits that a text has in common with all of its escaped forms, where these leave little of
 * it: fewer than 16 characters in a row of any form, and at most a quarter of the text. Undefined where they leave more, or
 * where one of them may be a word.
 */
function sharedByEscapes(text: string): string[] | undefined {
  if (!/^[ -~]+$/.test(text)) return undefined
  const shared: string[] = []
  let shown = 0
  let inRow = 0
  for (const part of text.split(/([a-z\d]{8,})/i)) {
    if (isRandom(part)) {
      shared.push(part)
      inRow = 0
      continue
    }
    const special = part.replace(/[a-z\d]/gi, '').length
    inRow += part.length + special * (LONGEST_ESCAPE - 1)
    shown += part.length
    if (inRow > MAX_SHOWN_IN_ROW || shown * 4 > text.length) return undefined
  }
  return shared
}

/** Whether letters and digits are so mixed that they are no word, which a mask would hide in the whole job. */
function isRandom(text: string): boolean {
  if (!/^[a-z\d]{8,}$/i.test(text)) return false
  const kinds = [/\d/, /[a-z]/, /[A-Z]/].filter((kind) => kind.test(text)).length
  return kinds === 3 || (kinds === 2 && text.length >= 16)
}

/** Of a value under four characters: a form of four or five would hide other words. */
function shortMasks(text: string, bytes: Buffer): RunnerMasks {
  const lines = nonBlankLines(text)
  const inOneLine = lines.length === 1
  // A value of nothing but white space, or of a few letters within it, may have millions of characters.
  const telling = (forms: () => string[]): string[] =>
    inOneLine && bytes.length <= MAX_BYTES_ESCAPED ? forms().filter(isTelling) : []
  return {
    size: bytes.length,
    fewest: () => 0,
    raw: () => (inOneLine ? lines : []),
    base64: () => telling(() => [bytes.toString('base64')]),
    embeddedBase64: () => telling(() => base64CoresOf(bytes)),
    hex: () => telling(() => hexOf(bytes)),
    escaped: () => telling(() => [...percentFormsOf(bytes), ...allEscapesOf(text)]),
  }
}

/** What remains of the base64 of a whole value where it is not longer than a line, or where it gets no lines. */
function wholeBase64(bytes: Buffer, inLines: boolean): string[] {
  const base64 = bytes.toString('base64')
  return inLines && base64.length > 76 ? [] : [base64]
}

/** Hex in lines, which follow each other without a gap where it is on one line. */
function hexInLines(bytes: Buffer): string[] {
  const [lower = '', upper = ''] = hexOf(bytes)
  const lines = hexLinesOf(bytes)
  if (lines.length === 0) return [lower, upper]
  return bytes.length <= MAX_BYTES_IN_PIECES ? lines : [...lines.slice(0, lines.length / 2), upper]
}

/**
 * The forms that neither the runner derives from the text as a mask, nor are the lines of the text, which are masks, with
 * something between them.
 */
function withoutDerived(text: string, forms: readonly string[]): string[] {
  const lines = nonBlankLines(text).map(trimWhitespace)
  const derived = new Set(
    lines.length === 1 ? [jsonOfRunner(text), percentFormsOf(Buffer.from(text))[1]] : [],
  )
  const covered = (form: string): boolean =>
    lines.length > 1 && lines.every((line) => isLong(line) && form.includes(line))
  return distinct(forms).filter((form) => form !== text && !derived.has(form) && !covered(form))
}

/** Newtonsoft's `JsonConvert.ToString`, which escapes the line ends of Unicode as well. */
function jsonOfRunner(text: string): string {
  return JSON.stringify(text)
    .slice(1, -1)
    .replace(/[\x85\u2028\u2029]/g, (end) => `\\u${end.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** The lines of a text that has several. */
function manyLinesOf(text: string): string[] {
  return /[\r\n]/.test(text) ? nonBlankLines(text) : []
}

function distinctBuffers([first, second]: readonly [Buffer, Buffer]): Buffer[] {
  return first.equals(second) ? [first] : [first, second]
}

function memoized<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => (made ??= { value: make() }).value
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
      return lines.length === 1 ? [...lines, ...[...encoded(), ...allEscapesOf(text)].filter(isTelling)] : []
    }
    // Without the white space around it, a text's encodings are found in more places.
    const pieces = [...innerTextsOf(text), ...valueParts(text)]
    const parts = distinct([whole, ...[...pieces, ...pieces.flatMap(textsAfterCommands)].filter(isLong)])
    return [
      ...(lines.length === 1 ? lines : []),
      ...distinct([
        ...parts,
        ...parts.flatMap((part) => [
          ...encodedForms(Buffer.from(part)),
          ...escapesOf(part),
          // Of a longer text, nearly every stretch of these is in one of the others.
          ...(part.length <= MAX_BYTES_ESCAPED ? moreEscapesOf(part) : []),
        ]),
        // Most values have no white space around them: then the first part is these bytes.
        ...(Buffer.from(whole).equals(bytes) ? encodedLines(bytes) : encoded()),
      ]).filter(isMask),
    ]
  })
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)]
}

/** Of a value under four characters, a form of four or five would hide other words. */
function isTelling(form: string): boolean {
  return isMask(form) && form.length >= MIN_MASK_LENGTH + 2
}

function isMask(text: string): boolean {
  return isLong(text) && !/[\r\n]/.test(text)
}

/** Whether a text can be a mask without hiding much else. */
export function isLong(text: string): boolean {
  return trimWhitespace(text).length >= MIN_MASK_LENGTH
}

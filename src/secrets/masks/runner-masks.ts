import type { SecretValue } from '../../secret-value.js'
import {
  base64ChunksOf,
  base64LineChunksOf,
  hexLinesOf,
  hexOf,
  percentFormsOf,
  stableBase64Of,
} from './encodings.js'
import { allEscapesOf, hasNothingToEscape, lineEscapesOf } from './escapes.js'
import { textsAfterCommands } from './runner-commands.js'
import {
  distinct,
  isLong,
  isLongForm,
  isMask,
  MAX_BYTES_ESCAPED,
  MIN_MASK_LENGTH,
  textsOf,
} from './value-forms.js'
import { innerTextsOf, nonBlankLines, trimWhitespace, valueParts } from './value-parts.js'

/** Values with more bytes get no base64 chunks for lines that begin anywhere, and hex lines in only one case. */
const MAX_BYTES_IN_CHUNKS = 4_096

/** The groups of forms that are masked only within the limits: base64 of the whole value, and three others. */
export type FormGroup = 'base64' | 'embeddedBase64' | 'hex' | 'escaped'

/** The masks of one value for the runner. Each group is computed when it is called. */
export interface RunnerMasks extends Readonly<Record<FormGroup, () => string[]>> {
  /** The plain value and its parts. */
  plain(): string[]
  /** A lower bound of the masks in a group; 0 if it is unknown before they are computed. */
  minCount(group: FormGroup): number
  /** The size of the value in bytes. */
  readonly size: number
}

/**
 * The masks of a value for the runner. Forms that the runner derives from a mask itself are left out: base64 of a value of
 * one line, its JSON string, and .NET's URL encoding.
 *
 * @param options.brokenIntoLines False for a credential, which gets no forms that are broken into lines.
 */
export function runnerMasksOf(value: SecretValue, { brokenIntoLines = true } = {}): RunnerMasks {
  const content = value.reveal()
  const bytes = Buffer.from(content)
  const [text] = textsOf(value)
  const whole = text === undefined ? '' : trimWhitespace(text)
  const size = bytes.length
  if (text !== undefined && whole.length < MIN_MASK_LENGTH) return shortMasks(text, bytes)

  const lines = text === undefined ? [] : nonBlankLines(text)
  const isSingleLine = lines.length === 1
  const encodedText = Buffer.from(whole)
  const isPlain = text !== undefined && bytes.includes(encodedText)
  /** The value without the white space around it, and the value itself if that is different. */
  const contents = text === undefined ? [bytes] : distinctBuffers([encodedText, bytes])
  const inner = memoized(() => {
    if (text === undefined) return []
    const texts = [...innerTextsOf(text)]
    const parts = [text, ...texts].flatMap((each) => nonBlankLines(each))
    return [...new Set([...texts, ...parts.flatMap(textsAfterCommands)].map(trimWhitespace))].filter(
      (each) => each.length >= MIN_MASK_LENGTH && each !== whole,
    )
  })
  /** Lines of texts with several lines. */
  const partLines = memoized(() => [
    ...new Set(
      [...(isSingleLine ? [] : lines), ...inner().flatMap((each) => severalLinesOf(each))].map(
        trimWhitespace,
      ),
    ),
  ])

  return {
    size,
    minCount(group) {
      if (group === 'base64') return Math.floor(size / 57)
      if (group === 'hex') return Math.max(1, Math.floor(size / 30))
      if (group === 'escaped') return hasNothingToEscape(whole) ? 0 : 1
      return brokenIntoLines && size <= MAX_BYTES_IN_CHUNKS
        ? Math.max(1, Math.floor(encodedText.length / 4))
        : 1
    },
    plain() {
      if (text === undefined) return []
      const parts = [...valueParts(text)].filter(isLong)
      const plain = [...(isSingleLine ? [...lines, whole] : []), ...parts]
      return [...plain, ...plain.flatMap(textsAfterCommands)].filter(isMask)
    },
    base64() {
      return contents
        .flatMap((each) => [
          ...(brokenIntoLines ? base64LineChunksOf(each) : []),
          ...(isSingleLine && isPlain ? [] : wholeBase64(each, brokenIntoLines)),
        ])
        .filter(isMask)
    },
    embeddedBase64() {
      const embedded = (each: Buffer): string[] =>
        brokenIntoLines && each.length <= MAX_BYTES_IN_CHUNKS ? base64ChunksOf(each) : stableBase64Of(each)
      return [
        // The trimmed text at all offsets is also in the encoding of the text with white space around it.
        ...(isPlain ? [encodedText] : contents).flatMap(embedded),
        ...inner().flatMap((each) => {
          const part = Buffer.from(each)
          if (!/[\r\n]/.test(each)) return embedded(part)
          return [...(brokenIntoLines ? base64LineChunksOf(part) : []), ...stableBase64Of(part)]
        }),
        ...partLines().flatMap((line) => stableBase64Of(Buffer.from(line))),
      ].filter(isMask)
    },
    hex() {
      return [
        ...[...contents, ...inner().map((each) => Buffer.from(each))].flatMap(
          brokenIntoLines ? hexInLines : hexOf,
        ),
        ...partLines().flatMap((line) => hexOf(Buffer.from(line))),
      ].filter(isMask)
    },
    escaped() {
      if (text === undefined) return size > MAX_BYTES_ESCAPED ? [] : percentFormsOf(bytes).filter(isMask)
      if (whole === text && hasNothingToEscape(text)) return []
      const shared = isSingleLine && inner().length === 0 ? sharedByEscapes(text) : undefined
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

/** The longest escape of an ASCII character: `&#x2F;`, or `\\u002f`. */
const MAX_ESCAPE_LENGTH = 6

/** How much of a form may stay visible, in characters in a row. */
const MAX_VISIBLE_IN_ROW = 15

/**
 * The runs of letters and digits that a text has in common with all of its escaped forms. Their masks hide enough if less
 * than 16 characters in a row of any form stay visible, and at most a quarter of the text. Otherwise, or if a run may be a
 * word, it returns undefined.
 */
function sharedByEscapes(text: string): string[] | undefined {
  // Here and below, no pattern repeats: for megabytes of text, V8 can run out of the memory in which it keeps each step.
  if (text === '' || /[^ -~]/.test(text)) return undefined
  const shared: string[] = []
  let visible = 0
  let inRow = 0
  for (const part of text.split(/(?<=[a-z\d])(?![a-z\d])|(?<![a-z\d])(?=[a-z\d])/i)) {
    if (isRandom(part)) {
      shared.push(part)
      inRow = 0
      continue
    }
    const special = part.replace(/[a-z\d]/gi, '').length
    inRow += part.length + special * (MAX_ESCAPE_LENGTH - 1)
    visible += part.length
    if (inRow > MAX_VISIBLE_IN_ROW || visible * 4 > text.length) return undefined
  }
  return shared
}

/** Whether the text mixes letters and digits, so that it is not a word. A mask of a word would garble the log. */
function isRandom(text: string): boolean {
  if (text.length < 8 || /[^a-z\d]/i.test(text)) return false
  const kinds = [/\d/, /[a-z]/, /[A-Z]/].filter((kind) => kind.test(text)).length
  return kinds === 3 || (kinds === 2 && text.length >= 16)
}

/** The masks of a value under four characters. Forms of four or five characters would garble the log. */
function shortMasks(text: string, bytes: Buffer): RunnerMasks {
  const lines = nonBlankLines(text)
  const isSingleLine = lines.length === 1
  // A value may have a few letters between millions of blanks.
  const longForms = (forms: () => string[]): string[] =>
    isSingleLine && bytes.length <= MAX_BYTES_ESCAPED ? forms().filter(isLongForm) : []
  return {
    size: bytes.length,
    minCount: () => 0,
    plain: () => (isSingleLine ? lines : []),
    base64: () => longForms(() => [bytes.toString('base64')]),
    embeddedBase64: () => longForms(() => stableBase64Of(bytes)),
    hex: () => longForms(() => hexOf(bytes)),
    escaped: () => longForms(() => [...percentFormsOf(bytes), ...allEscapesOf(text)]),
  }
}

/** The base64 of a whole value if it fits into one line, or if the value gets no lines. */
function wholeBase64(bytes: Buffer, brokenIntoLines: boolean): string[] {
  const base64 = bytes.toString('base64')
  return brokenIntoLines && base64.length > 76 ? [] : [base64]
}

/** The hex of a value in lines. Together they also mask hex on one line. */
function hexInLines(bytes: Buffer): string[] {
  const [lower = '', upper = ''] = hexOf(bytes)
  const lines = hexLinesOf(bytes)
  if (lines.length === 0) return [lower, upper]
  return bytes.length <= MAX_BYTES_IN_CHUNKS ? lines : [...lines.slice(0, lines.length / 2), upper]
}

/**
 * Removes the forms that other masks already cover: those that the runner derives from the text, and those that contain
 * each line of the text unchanged.
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

/** Newtonsoft's `JsonConvert.ToString`, which also escapes the line separators of Unicode. */
function jsonOfRunner(text: string): string {
  return JSON.stringify(text)
    .slice(1, -1)
    .replace(/[\x85\u2028\u2029]/g, (end) => `\\u${end.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** The lines of a text that has several; empty for a text of one line. */
function severalLinesOf(text: string): string[] {
  return /[\r\n]/.test(text) ? nonBlankLines(text) : []
}

function distinctBuffers([first, second]: readonly [Buffer, Buffer]): Buffer[] {
  return first.equals(second) ? [first] : [first, second]
}

function memoized<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => (made ??= { value: make() }).value
}

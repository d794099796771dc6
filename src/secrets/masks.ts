import { EOL } from 'node:os'

import { SecretValue } from '../secret-value.js'
import { encodedLinesOf, encodingsOf, escapesOf } from './encodings.js'
import { isListedName, MAX_NAME_LENGTH } from './key.js'
import { linesOf, piecesOf, trimmed } from './pieces.js'

/** A mask of fewer characters hides much of the log that is no secret: `{` would turn every brace into `***`. */
export const MIN_MASK_LENGTH = 4

/**
 * The texts to register with the runner for these values, the longest first, none twice.
 *
 * The runner works line by line, so a value of several lines is protected by its lines alone, and it registers each
 * line of a mask, however short (actions/runner issue 326): so we choose the lines, and no mask holds a line break.
 * A value of one line is registered whole, however short it is; of anything else, nothing under `MIN_MASK_LENGTH`.
 *
 * To the values come the forms that tools print them in and that the runner does not derive by itself.
 */
export function planMasks(values: readonly SecretValue[]): string[] {
  const masks = new Set(values.flatMap((value) => masksOf(value)))
  return [...masks].sort((one, other) => other.length - one.length)
}

/** How much of the commands is written at once, in UTF-16 code units. */
const WRITTEN_AT_ONCE = 65_536

/**
 * Makes the runner replace the masks in all that the job prints from here on.
 *
 * By the command that `setSecret` of @actions/core gives, which is written for each mask by itself there: for the 12,000
 * masks of 1,000 values that takes as long as reading the whole map.
 */
export function registerMasks(masks: readonly string[]): void {
  let commands = ''
  for (const mask of masks) {
    commands += addMask(mask)
    if (commands.length < WRITTEN_AT_ONCE) continue
    process.stdout.write(commands)
    commands = ''
  }
  if (commands !== '') process.stdout.write(commands)
}

/** Masks each of these values by itself: one that cannot be masked must not keep the others from it. Throws nothing. */
export function maskEach(values: readonly SecretValue[]): void {
  for (const value of values) {
    try {
      if (!value.isOnly('=')) registerMasks(planMasks([value]))
    } catch {
      // What has gone wrong before is what the run ends with.
    }
  }
}

/** The command as the runner decodes it (`ActionCommand` of actions/runner). */
function addMask(mask: string): string {
  const data = mask.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
  // Before a combining character (and who knows which others, to .NET) the runner does not see the end of the command,
  // unless a line break stands between, which it trims.
  return `::add-mask::${/^[ -~]/.test(mask) ? '' : '%0A'}${data}${EOL}`
}

/** What a mask cannot do for this value: `garbles` the log by being so short, or is `absent`; undefined is well. */
export function maskProblem(value: SecretValue): 'garbles' | 'absent' | undefined {
  const [text] = textsOf(value)
  if (text === undefined) return undefined
  const lines = linesOf(text)
  if (lines.some(isLong)) return undefined
  return lines.length === 1 ? 'garbles' : 'absent'
}

/** A piece of fewer characters than this may stand in a name by chance. */
const MIN_TELLING_LENGTH = 8

/**
 * The values, and the pieces of values, that a name must not hold, since names are shown.
 *
 * @param longest The length of the longest name: what is longer cannot stand in any.
 */
export function tellingPieces(values: readonly SecretValue[], longest: number): SecretValue[] {
  const pieces = values.flatMap((value) => textsOf(value).flatMap((text) => [text, ...piecesOf(text)]))
  return [...new Set(pieces.map(trimmed))]
    .filter(({ length }) => length >= MIN_TELLING_LENGTH && length <= longest)
    .map((piece) => new SecretValue(piece))
}

/** The forms of these values, and of their pieces, that may stand in the name of a key: base64url and hex among them. */
export function formsInNames(values: readonly SecretValue[]): string[] {
  const forms = new Set<string>()
  for (const value of values) {
    const parts = textsOf(value).flatMap((text) => [text, ...piecesOf(text)].map(trimmed))
    for (const part of [value.reveal(), ...new Set(parts)]) {
      if (part.length > MAX_NAME_LENGTH) continue
      for (const form of [part.toString(), ...encodingsOf(Buffer.from(part))]) {
        if (form.length >= MIN_TELLING_LENGTH && isListedName(form)) forms.add(form)
      }
    }
  }
  return [...forms]
}

function masksOf(value: SecretValue): string[] {
  const bytes = Buffer.from(value.reveal())
  const texts = textsOf(value)
  const encoded = (): string[] => [...encodingsOf(bytes), ...encodedLinesOf(bytes)]
  if (texts.length === 0) return encoded().filter(isMask)
  return texts.flatMap((text) => {
    const lines = linesOf(text)
    const whole = trimmed(text)
    if (!isLong(whole)) return lines.length === 1 ? [...lines, ...encoded().filter(isTelling)] : []
    // Without the white space around it, a text's encodings are found in more places.
    const parts = distinct([whole, ...[...piecesOf(text)].filter(isLong)])
    return [
      ...(lines.length === 1 ? lines : []),
      ...distinct([
        ...parts,
        ...parts.flatMap((part) => [...encodingsOf(Buffer.from(part)), ...escapesOf(part)]),
        // Most values have no white space around them: then the first part is these bytes.
        ...(Buffer.from(whole).equals(bytes) ? encodedLinesOf(bytes) : encoded()),
      ]).filter(isMask),
    ]
  })
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)]
}

/** The texts that a content is, whoever reads it: none if it is none. */
function textsOf(value: SecretValue): string[] {
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

/** Of a value under four characters, a form of four or five would hide other words. */
function isTelling(form: string): boolean {
  return isMask(form) && form.length >= MIN_MASK_LENGTH + 2
}

function isMask(text: string): boolean {
  return isLong(text) && !/[\r\n]/.test(text)
}

function isLong(text: string): boolean {
  return trimmed(text).length >= MIN_MASK_LENGTH
}

import { setSecret } from '@actions/core'

import type { SecretValue } from '../secret-value.js'
import { encodedLinesOf, encodingsOf, escapesOf } from './encodings.js'
import { linesOf, piecesOf } from './pieces.js'

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

/** Makes the runner replace the masks in all that the job prints from here on. */
export function registerMasks(masks: readonly string[]): void {
  // Before a combining character the runner does not see the end of the command, unless a line break stands between.
  for (const mask of masks) setSecret(/^\p{M}/u.test(mask) ? `\n${mask}` : mask)
}

/** What a mask cannot do for this value: `garbles` the log by being so short, or is `absent`; undefined is well. */
export function maskProblem(value: SecretValue): 'garbles' | 'absent' | undefined {
  const text = textOf(value)
  if (text === undefined) return undefined
  const lines = linesOf(text)
  if (lines.some(isLong)) return undefined
  return lines.length === 1 ? 'garbles' : 'absent'
}

function masksOf(value: SecretValue): string[] {
  const bytes = Buffer.from(value.reveal())
  const text = textOf(value)
  if (text === undefined) return [...encodingsOf(bytes), ...encodedLinesOf(bytes)].filter(isMask)
  const lines = linesOf(text)
  // Without the white space around it, a text's encodings are found in more places.
  const parts = [...new Set([text.trim(), ...[...piecesOf(text)].filter(isLong)])]
  return [
    ...(lines.length === 1 ? lines : []),
    ...[
      ...parts,
      ...parts.flatMap((part) => [...encodingsOf(Buffer.from(part)), ...escapesOf(part)]),
      ...encodedLinesOf(bytes),
    ].filter(isMask),
  ]
}

/** The content as text, or undefined if it is none. */
function textOf(value: SecretValue): string | undefined {
  const content = value.reveal()
  if (typeof content === 'string') return content
  const text = content.toString()
  return Buffer.from(text).equals(content) ? text : undefined
}

function isMask(text: string): boolean {
  return isLong(text) && !/[\r\n]/.test(text)
}

function isLong(text: string): boolean {
  return text.trim().length >= MIN_MASK_LENGTH
}

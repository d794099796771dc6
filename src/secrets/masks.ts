import { setSecret } from '@actions/core'

import type { SecretValue } from '../secret-value.js'

/** A mask of fewer characters hides much of the log that is no secret: `{` would turn every brace into `***`. */
export const MIN_MASK_LENGTH = 4

/**
 * The texts to register with the runner for these values, the longest first, none twice.
 *
 * The runner works line by line, so a value of several lines is protected by its lines alone, and it registers each
 * line of a mask, however short (actions/runner issue 326): so we choose the lines, and no mask holds a line break.
 * A value of one line is registered whole, however short it is. Binary content is registered as its base64.
 */
export function planMasks(values: readonly SecretValue[]): string[] {
  return longestFirst(values.flatMap(masksOf))
}

/**
 * The texts to take out of what the workspace says: the masks and, since it may echo what we sent, the values as a put
 * sends them.
 */
export function planRedactions(values: readonly SecretValue[]): string[] {
  const sent = values.map((value) => {
    const content = value.reveal()
    return typeof content === 'string' ? escapeJson(content) : content.toString('base64')
  })
  const masks = planMasks(values)
  return longestFirst([...masks, ...masks.map(escapeJson), ...sent]).filter((text) => text.trim() !== '')
}

/** Makes the runner replace the masks in all that the job prints from here on. */
export function registerMasks(masks: readonly string[]): void {
  // Before a combining character the runner does not see the end of the command, unless a line break stands between.
  for (const mask of masks) setSecret(/^\p{M}/u.test(mask) ? `\n${mask}` : mask)
}

/** What a mask cannot do for this value: `garbles` the log by being so short, or is `absent`; undefined is well. */
export function maskProblem(value: SecretValue): 'garbles' | 'absent' | undefined {
  const masks = masksOf(value)
  if (masks.length === 0) return 'absent'
  return masks.some((mask) => mask.trim().length < MIN_MASK_LENGTH) ? 'garbles' : undefined
}

function masksOf(value: SecretValue): string[] {
  // The runner warns of a blank mask.
  const lines = textOf(value)
    .split(/[\r\n]+/)
    .filter((line) => line.trim() !== '')
  return lines.length === 1 ? lines : lines.filter((line) => line.trim().length >= MIN_MASK_LENGTH)
}

function textOf(value: SecretValue): string {
  const content = value.reveal()
  if (typeof content === 'string') return content
  const text = content.toString('utf8')
  return Buffer.from(text).equals(content) ? text : content.toString('base64')
}

function escapeJson(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}

function longestFirst(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort((one, other) => other.length - one.length)
}

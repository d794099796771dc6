import { setSecret } from '@actions/core'

import type { SecretValue } from '../secret-value.js'

/** No line of a longer value is registered below this many characters: `{` would turn every brace into `***`. */
const MIN_LINE_LENGTH = 4

/**
 * The texts to register with the runner for these values, the longest first, none twice.
 *
 * The runner works line by line, so a value of several lines is protected by its lines alone, and it registers each
 * line of a mask, however short (actions/runner issue 326): so we choose the lines, and no mask holds a line break.
 * A value of one line is registered whole, however short it is. Binary content is registered as its base64.
 */
export function planMasks(values: readonly SecretValue[]): string[] {
  const masks = new Set<string>()
  for (const value of values) {
    // The runner warns of a blank mask, and a value that is blank has nothing to hide.
    const lines = textOf(value)
      .split(/[\r\n]+/)
      .filter((line) => line.trim() !== '')
    for (const line of lines) {
      if (lines.length === 1 || line.trim().length >= MIN_LINE_LENGTH) masks.add(line)
    }
  }
  return [...masks].sort((one, other) => other.length - one.length)
}

/** Makes the runner replace the values in all that the job prints from here on. */
export function registerMasks(masks: readonly string[]): void {
  for (const mask of masks) setSecret(mask)
}

function textOf(value: SecretValue): string {
  const content = value.reveal()
  if (typeof content === 'string') return content
  const text = Buffer.from(content).toString('utf8')
  return Buffer.from(text).equals(content) ? text : Buffer.from(content).toString('base64')
}

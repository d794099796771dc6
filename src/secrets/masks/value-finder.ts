import type { SecretValue } from '../../secret-value.js'
import { textsOf } from './value-forms.js'
import { trimWhitespace } from './value-parts.js'

/** Shorter values occur in any text by chance. */
const MIN_LENGTH = 8

/** The factor of the rolling hash, and what the character that leaves the window was multiplied with (modulo 2^32). */
const FACTOR = 0x01000193
const LEAVING_FACTOR = power(FACTOR, MIN_LENGTH)

const { imul } = Math

/**
 * Finds whole values in texts of others, without the white space around them. Values of fewer than eight characters are
 * ignored. The search takes one pass over the text, for any number of values: it compares a rolling hash of eight characters
 * (Rabin-Karp) with the starts of the values.
 */
export class ValueFinder {
  /** The values by the hash of their first characters. */
  readonly #values = new Map<number, string[]>()
  /** Whether there is a value whose hash ends with these 16 bits: nearly always there is none. */
  readonly #isStart = new Uint8Array(0x10000)

  constructor(values: readonly SecretValue[]) {
    for (const text of new Set(values.flatMap(textsOf).map(trimWhitespace))) {
      if (text.length < MIN_LENGTH) continue
      let hash = 0
      for (let at = 0; at < MIN_LENGTH; at++) hash = (imul(hash, FACTOR) + text.charCodeAt(at)) | 0
      this.#values.set(hash, [...(this.#values.get(hash) ?? []), text])
      this.#isStart[hash & 0xffff] = 1
    }
  }

  /** Whether a text contains one of the values. */
  occursIn(text: string): boolean {
    let hash = 0
    for (let at = 0; at < text.length; at++) {
      hash = (imul(hash, FACTOR) + text.charCodeAt(at)) | 0
      if (at >= MIN_LENGTH) hash = (hash - imul(text.charCodeAt(at - MIN_LENGTH), LEAVING_FACTOR)) | 0
      if (this.#isStart[hash & 0xffff] === 0) continue
      const start = at + 1 - MIN_LENGTH
      if (this.#values.get(hash)?.some((value) => text.startsWith(value, start)) === true) return true
    }
    return false
  }
}

function power(factor: number, exponent: number): number {
  let result = 1
  for (let time = 0; time < exponent; time++) result = Math.imul(result, factor)
  return result
}

/** So many characters in a row that are also in a value are no coincidence. */
const LENGTH = 8

/** Above half as many fragments only every second, third, … of those of the longest texts is kept: 64 MiB at the most. */
const MAX_FRAGMENTS = 4 * 1024 * 1024

const { imul } = Math

/** A stretch of a text, from `start` up to but without `end`, in UTF-16 code units. */
export interface TextRange {
  readonly start: number
  readonly end: number
}

/**
 * Finds the places where a text has eight characters or more in common with any of many others. It keeps two 32-bit
 * hashes of each fragment, so a text is gone through once, however many the others are.
 */
export class SubstringIndex {
  readonly #step: number
  readonly #mask: number
  readonly #first: Uint32Array
  readonly #second: Uint32Array

  /** @param others Texts that {@link SubstringIndex.isLongEnough}. */
  constructor(others: readonly string[]) {
    const total = others.reduce((sum, { length }) => sum + length, 0)
    // The shortest are kept whole: a token has to be found in part beside whatever files there are.
    const shortestFirst = [...others].sort((one, other) => one.length - other.length)
    this.#step = Math.max(1, Math.ceil((2 * total) / MAX_FRAGMENTS))
    // A power of two, and at least twice as many places as fragments.
    const size = 2 ** Math.ceil(Math.log2(2 * Math.min(total, MAX_FRAGMENTS) + 2))
    this.#mask = size - 1
    this.#first = new Uint32Array(size)
    this.#second = new Uint32Array(size)
    let kept = 0
    for (const other of shortestFirst) {
      const step = kept + other.length <= MAX_FRAGMENTS / 2 ? 1 : this.#step
      kept += other.length / step
      this.#enter(other, step)
    }
  }

  #enter(other: string, step: number): void {
    for (let at = 0; at + LENGTH <= other.length; at += step) {
      const [first, second] = hashes(other, at)
      const location = this.#placeOf(first, second)
      this.#first[location] = first
      this.#second[location] = second
    }
  }

  /** Whether a text is long enough to have a fragment. */
  static isLongEnough(text: string): boolean {
    return text.length >= LENGTH
  }

  /** The stretches of a text that are also in one of the others, in order, with overlaps. */
  occurrencesIn(text: string): TextRange[] {
    const found: TextRange[] = []
    // What is left out between two fragments is hidden as well.
    const margin = this.#step - 1
    for (let at = 0; at + LENGTH <= text.length; at++) {
      const [first, second] = hashes(text, at)
      if (this.#first[this.#placeOf(first, second)] === 0) continue
      found.push({ start: Math.max(0, at - margin), end: Math.min(text.length, at + LENGTH + margin) })
    }
    return found
  }

  /** Where these hashes are, or would be entered. */
  #placeOf(first: number, second: number): number {
    let location = second & this.#mask
    while (
      this.#first[location] !== 0 &&
      (this.#first[location] !== first || this.#second[location] !== second)
    ) {
      location = (location + 1) & this.#mask
    }
    return location
  }
}

/** Two independent hashes (FNV-1a and a variant of it) of the fragment at a place; the first is never 0. */
function hashes(text: string, at: number): [number, number] {
  let first = 0x811c9dc5
  let second = 0x9e3779b9
  for (let index = at; index < at + LENGTH; index++) {
    const unit = text.charCodeAt(index)
    first = imul(first ^ unit, 0x01000193)
    second = imul(second ^ unit, 0x85ebca6b)
    second ^= second >>> 13
  }
  return [first >>> 0 || 1, second >>> 0]
}

/** The length of the substrings. Two texts with this many characters in common hardly match by chance. */
const LENGTH = 8

/** The most substrings in the index (64 MiB). Above half of it, only every n-th substring of the longest texts is kept. */
const MAX_SUBSTRINGS = 4 * 1024 * 1024

const { imul } = Math

/** A range of a text, from `start` to before `end`, in UTF-16 code units. */
export interface TextRange {
  readonly start: number
  readonly end: number
}

/**
 * Finds the ranges of a text that have eight characters or more in common with any of the indexed texts. The index contains
 * two 32-bit hashes per substring, so the search takes one pass over the text, for any number of indexed texts.
 */
export class SubstringIndex {
  readonly #step: number
  readonly #mask: number
  readonly #first: Uint32Array
  readonly #second: Uint32Array

  /** @param texts Texts that {@link SubstringIndex.isLongEnough}. */
  constructor(texts: readonly string[]) {
    const total = texts.reduce((sum, { length }) => sum + length, 0)
    // Short texts get all their substrings, so that parts of a token are found even if there are large files.
    const shortestFirst = [...texts].sort((one, other) => one.length - other.length)
    this.#step = Math.max(1, Math.ceil((2 * total) / MAX_SUBSTRINGS))
    // A power of two, and at least twice as many slots as substrings.
    const size = 2 ** Math.ceil(Math.log2(2 * Math.min(total, MAX_SUBSTRINGS) + 2))
    this.#mask = size - 1
    this.#first = new Uint32Array(size)
    this.#second = new Uint32Array(size)
    let kept = 0
    for (const text of shortestFirst) {
      const step = kept + text.length <= MAX_SUBSTRINGS / 2 ? 1 : this.#step
      kept += text.length / step
      this.#add(text, step)
    }
  }

  #add(text: string, step: number): void {
    for (let at = 0; at + LENGTH <= text.length; at += step) {
      const [first, second] = hashes(text, at)
      const slot = this.#slotOf(first, second)
      this.#first[slot] = first
      this.#second[slot] = second
    }
  }

  /** Whether a text is long enough for the index. */
  static isLongEnough(text: string): boolean {
    return text.length >= LENGTH
  }

  /** The ranges of a text that are also in one of the indexed texts, in order. They may overlap. */
  occurrencesIn(text: string): TextRange[] {
    const found: TextRange[] = []
    // Covers the substrings that were skipped in the index.
    const margin = this.#step - 1
    for (let at = 0; at + LENGTH <= text.length; at++) {
      const [first, second] = hashes(text, at)
      if (this.#first[this.#slotOf(first, second)] === 0) continue
      found.push({ start: Math.max(0, at - margin), end: Math.min(text.length, at + LENGTH + margin) })
    }
    return found
  }

  /** The slot of these hashes, or the free slot for them. */
  #slotOf(first: number, second: number): number {
    let slot = second & this.#mask
    while (this.#first[slot] !== 0 && (this.#first[slot] !== first || this.#second[slot] !== second)) {
      slot = (slot + 1) & this.#mask
    }
    return slot
  }
}

/** Two independent hashes (FNV-1a and a variant of it) of the substring at this position. The first is never 0. */
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

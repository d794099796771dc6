/**
 * Returns a generator of pseudorandom numbers from 0 to below 1. The same seed, an integer, gives the same numbers, so that a
 * run can be repeated. The algorithm is Mulberry32, which is not safe for secrets.
 */
export function seededRandom(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

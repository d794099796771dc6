/** Halvings of the range in which the rate is looked for: it is known to a thousandth then. */
const STEPS = 20

/**
 * Finds out at which rate a workspace lets requests through, if it does so by a bucket of tokens that was empty at
 * `from` and is empty again at `to`, which is what two refusals tell.
 *
 * @param accepted When requests were accepted in between, in ms, in order.
 * @param size How many tokens the bucket holds.
 * @returns Requests a second; 0 where none was accepted.
 */
export function estimateRate(accepted: readonly number[], size: number, from: number, to: number): number {
  if (accepted.length === 0 || to <= from) return 0
  const leftAt = (perSecond: number): number => {
    let tokens = 0
    let last = from
    for (const time of accepted) {
      tokens = Math.min(size, tokens + ((time - last) / 1_000) * perSecond) - 1
      last = time
    }
    return tokens + ((to - last) / 1_000) * perSecond
  }
  let low = 0
  // More only where most of what the bucket got ran over: then it is no measure any more.
  let high = (10 * accepted.length * 1_000) / (to - from)
  for (let step = 0; step < STEPS; step++) {
    const middle = (low + high) / 2
    // It was empty: there was less than a token in it.
    if (leftAt(middle) < 0.5) low = middle
    else high = middle
  }
  return low
}

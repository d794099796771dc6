/** How often the search halves its range. Then the rate is known to about a thousandth. */
const STEPS = 20

/**
 * Estimates the rate at which a workspace accepts requests. It assumes a token bucket that was empty at `from` and at `to`,
 * the times of two rejections. Times are in ms.
 *
 * @param accepted When requests were accepted in between, in order.
 * @param size How many tokens the bucket holds.
 * @returns Requests per second; 0 if none was accepted.
 */
export function estimateRate(accepted: readonly number[], size: number, from: number, to: number): number {
  if (accepted.length === 0 || to <= from) return 0
  const tokensLeft = (perSecond: number): number => {
    let tokens = 0
    let last = from
    for (const time of accepted) {
      tokens = Math.min(size, tokens + ((time - last) / 1_000) * perSecond) - 1
      last = time
    }
    return tokens + ((to - last) / 1_000) * perSecond
  }
  let low = 0
  // The rate can be higher only if the bucket was full most of the time. Then the estimate is useless.
  let high = (10 * accepted.length * 1_000) / (to - from)
  for (let step = 0; step < STEPS; step++) {
    const middle = (low + high) / 2
    // An empty bucket holds less than one token.
    if (tokensLeft(middle) < 0.5) low = middle
    else high = middle
  }
  return low
}

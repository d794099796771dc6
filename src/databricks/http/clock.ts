/**
 * The time in ms, with fractions, of a clock that only goes forward; it is 0 when the process begins. `performance.now()`
 * tells the same, but a run would load a part of Node for it that it has no other use for.
 */
export function monotonicMs(): number {
  return process.uptime() * 1_000
}

import { setTimeout as delay } from 'node:timers/promises'

/**
 * Waits until `performance.now()` reaches a time, at most half a millisecond early, and about one late if the process is idle.
 * It does not wait for a time in the past, and does not keep the process alive.
 */
export async function waitUntil(time: number): Promise<void> {
  // Node counts whole milliseconds, so a timer may fire almost one too early.
  for (let left: number; (left = time - performance.now()) >= 0.5;) {
    await delay(Math.round(left), undefined, { ref: false })
  }
}

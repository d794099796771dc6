import { setTimeout as delay } from 'node:timers/promises'

/**
 * Waits until `performance.now()` is there, half a millisecond early or one late where the process has nothing else to do.
 * A time that is over is no wait at all. It does not keep the process alive.
 */
export async function waitUntil(time: number): Promise<void> {
  // Node counts whole milliseconds, so a timer may go off almost one early.
  for (let left: number; (left = time - performance.now()) >= 0.5;) {
    await delay(Math.round(left), undefined, { ref: false })
  }
}

import { setTimeout as delay } from 'node:timers/promises'

/**
 * Waits until `performance.now()` is there, half a millisecond early or one late where the process has nothing else to do.
 * A time that is over is no wait at all. It does not keep the process alive.
 */
export async function waitUntil(time: number): Promise<void> {
  // Node counts a timer from the last turn of its loop, so in a busy process one goes off early.
  for (let left: number; (left = time - performance.now()) >= 0.5;) {
    await delay(Math.round(left), undefined, { ref: false })
  }
}

import { setTimeout as delay } from 'node:timers/promises'
import { hangUp, type Fault } from './faults.js'
import type { Interceptor } from './loopback-server.js'
import type { Reply } from './reply.js'
import { seededRandom } from './seeded-random.js'

/** Responds with this. The request has no effect. */
export function before(answer: Reply | Fault): Interceptor {
  return () => answer
}

/** Performs the request, but responds with this. A client that retries the request performs it twice. */
export function after(answer: Reply | Fault): Interceptor {
  return (_, perform) => {
    perform()
    return answer
  }
}

/** Performs the request and changes its response: `altered((reply) => cutShort(reply, 1))`. */
export function altered(change: (reply: Reply) => Reply | Fault): Interceptor {
  return (_, perform) => change(perform())
}

/** How late a response is. */
export interface Lateness {
  /** The minimum delay in milliseconds. */
  readonly ms: number
  /** A random delay of up to so many milliseconds is added. Default: 0. */
  readonly jitterMs?: number
  /** The seed of the random delays. With the same seed, requests in the same order have the same delays. Default: 1. */
  readonly seed?: number
  /** Whether the delay comes before or after the request takes effect. Default: `before`. */
  readonly wait?: 'before' | 'after'
  /** Waits so many milliseconds. Default: with a timer. */
  readonly sleep?: (ms: number) => Promise<unknown>
}

/** Waits, and then continues with the next interceptor or the request's own response. */
export function late({
  ms,
  jitterMs = 0,
  seed = 1,
  wait = 'before',
  sleep = (time) => delay(time, undefined, { ref: false }),
}: Lateness): Interceptor {
  const random = seededRandom(seed)
  return async (_, perform) => {
    if (wait === 'after') perform()
    await sleep(ms + random() * jitterMs)
    return undefined
  }
}

/**
 * Handles the first `requests` requests of each connection, and applies `fault` to the next one, which has no effect. It is a
 * server that closes a kept-alive connection while the client sends the next request.
 */
export function worksOnlyFor(requests: number, fault: Fault = hangUp): Interceptor {
  const seen = new Map<number, number>()
  return ({ connection }) => {
    const count = (seen.get(connection) ?? 0) + 1
    seen.set(connection, count)
    return count > requests ? fault : undefined
  }
}

import { setTimeout as delay } from 'node:timers/promises'
import { hangUp, type Fault } from './faults.js'
import type { Interceptor } from './loopback-server.js'
import type { Reply } from './reply.js'
import { seededRandom } from './seeded-random.js'

/** Gives this answer; the request never takes effect. */
export function before(answer: Reply | Fault): Interceptor {
  return () => answer
}

/** Carries the request out, and gives this answer for its own, which is lost: who repeats the request does it twice. */
export function after(answer: Reply | Fault): Interceptor {
  return (_, perform) => {
    perform()
    return answer
  }
}

/** Carries the request out, and gives what becomes of its answer: `altered((reply) => cutShort(reply, 1))`. */
export function altered(change: (reply: Reply) => Reply | Fault): Interceptor {
  return (_, perform) => change(perform())
}

/** How late an answer comes. */
export interface Lateness {
  /** Milliseconds at the least. */
  readonly ms: number
  /** Up to so many more, by chance; default 0. */
  readonly jitterMs?: number
  /** The chance: for the same seed, requests in the same order are late by the same times; default 1. */
  readonly seed?: number
  /** Whether the request takes effect at the end of the wait, or before it: default `before`. */
  readonly wait?: 'before' | 'after'
  /** Lets so many milliseconds pass; default by a timer. */
  readonly sleep?: (ms: number) => Promise<unknown>
}

/** Waits and then lets the request go on: to the next interceptor, or to its own answer. */
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
 * Takes the first `requests` of each connection, and ends the connection by `fault` at the next, which takes no effect: a
 * server that closes a kept connection while the client's next request is on its way.
 */
export function worksOnlyFor(requests: number, fault: Fault = hangUp): Interceptor {
  const seen = new Map<number, number>()
  return ({ connection }) => {
    const count = (seen.get(connection) ?? 0) + 1
    seen.set(connection, count)
    return count > requests ? fault : undefined
  }
}

import type { ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import type { Reply } from './reply.js'

/**
 * An answer that no well-behaved server gives: it has the raw response to itself. It may leave it open for ever; closing
 * the workspace cuts every connection.
 */
export type Fault = (response: ServerResponse) => void

/** Closes the connection (FIN) before the first byte of an answer. */
export const hangUp: Fault = (response) => {
  response.destroy()
}

/** Resets the connection (RST) before the first byte of an answer. */
export const reset: Fault = (response) => {
  response.socket?.resetAndDestroy()
}

/** Keeps the connection open and says nothing. */
export const neverAnswer: Fault = () => undefined

/** Sends a piece of the head of an answer; then ends as `end` does. */
export function cutHead(end: Fault = hangUp): Fault {
  return (response) => {
    // Past the response, which only sends whole heads.
    response.socket?.write('HTTP/1.1 200 OK\r\nContent-Ty', () => {
      end(response)
    })
  }
}

/**
 * Sends the head of an answer and the first `bytes` of its body, which must be fewer than it has; then ends as `end` does:
 * `reset`, or `neverAnswer` for a connection that stalls.
 */
export function cutShort(reply: Reply, bytes: number, end: Fault = hangUp): Fault {
  const whole = Buffer.from(reply.body)
  if (bytes >= whole.length)
    throw new RangeError(`The body has ${whole.length} bytes: nothing would be cut off`)
  return (response) => {
    response.writeHead(reply.status, { ...reply.headers, 'content-length': whole.length })
    response.flushHeaders()
    response.write(whole.subarray(0, bytes), () => {
      end(response)
    })
  }
}

/** Sends the whole answer as over a connection that is kept, and closes it without a word of that. */
export function thenHangUp(reply: Reply): Fault {
  const whole = Buffer.from(reply.body)
  return (response) => {
    // A response that has ended has no socket any more.
    const { socket } = response
    response.writeHead(reply.status, { ...reply.headers, 'content-length': whole.length })
    response.end(whole, () => socket?.destroy())
  }
}

/** How an answer trickles. */
export interface Pace {
  /** Bytes of the body that are sent at a time; default 1. */
  readonly bytes?: number
  /** Milliseconds after each. */
  readonly everyMs: number
}

/** Sends the head of an answer at once, and its body a few bytes at a time. */
export function trickle(reply: Reply, { bytes = 1, everyMs }: Pace): Fault {
  const whole = Buffer.from(reply.body)
  const send = async (response: ServerResponse): Promise<void> => {
    for (let sent = 0; sent < whole.length && !response.destroyed; sent += bytes) {
      response.write(whole.subarray(sent, sent + bytes))
      await delay(everyMs, undefined, { ref: false })
    }
    response.end()
  }
  return (response) => {
    response.writeHead(reply.status, { ...reply.headers, 'content-length': whole.length })
    response.flushHeaders()
    void send(response)
  }
}

/** Sends JSON that has no end, as fast as the client reads it, until the client hangs up. */
export const endless: Fault = (response) => {
  const chunk = '"x",'.repeat(4_096)
  const more = (): void => {
    while (!response.destroyed && response.write(chunk));
  }
  response.writeHead(200, { 'content-type': 'application/json' }).write('[')
  response.on('drain', more)
  more()
}

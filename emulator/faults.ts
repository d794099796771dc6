import type { ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import type { Reply } from './reply.js'

/**
 * A broken response, written to Node's raw response object. It may stay open forever: closing the workspace closes every
 * connection.
 */
export type Fault = (response: ServerResponse) => void

/** Closes the connection (FIN) before the first byte of the response. */
export const hangUp: Fault = (response) => {
  response.destroy()
}

/** Resets the connection (RST) before the first byte of the response. */
export const reset: Fault = (response) => {
  response.socket?.resetAndDestroy()
}

/** Keeps the connection open and sends nothing. */
export const neverAnswer: Fault = () => undefined

/** Sends a part of the response head, then applies `end`. */
export function cutHead(end: Fault = hangUp): Fault {
  return (response) => {
    // Written to the socket, because the response object sends only complete heads.
    response.socket?.write('HTTP/1.1 200 OK\r\nContent-Ty', () => {
      end(response)
    })
  }
}

/**
 * Sends the response head and the first `bytes` of its body, which must be longer. Then applies `end`: `reset`, or
 * `neverAnswer` for a connection that stalls.
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

/** Sends the whole response as on a kept-alive connection, and then closes the connection without notice. */
export function thenHangUp(reply: Reply): Fault {
  const whole = Buffer.from(reply.body)
  return (response) => {
    // After its end, a response has no socket.
    const { socket } = response
    response.writeHead(reply.status, { ...reply.headers, 'content-length': whole.length })
    response.end(whole, () => socket?.destroy())
  }
}

/** How slowly a response is sent. */
export interface Pace {
  /** Bytes of the body that are sent at a time. Default: 1. */
  readonly bytes?: number
  /** The pause after each, in milliseconds. */
  readonly everyMs: number
}

/** Sends the response head at once, and its body a few bytes at a time. */
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

/** Sends endless JSON, as fast as the client reads it, until the client disconnects. */
export const endless: Fault = (response) => {
  const chunk = '"x",'.repeat(4_096)
  const more = (): void => {
    while (!response.destroyed && response.write(chunk));
  }
  response.writeHead(200, { 'content-type': 'application/json' }).write('[')
  response.on('drain', more)
  more()
}

import type { ServerResponse } from 'node:http'
import type { Reply } from './reply.js'

/**
 * An answer that no well-behaved server gives: it has the raw response to itself. It may leave it open for ever; closing
 * the workspace cuts every connection.
 */
export type Fault = (response: ServerResponse) => void

/** Cuts the connection before the first byte of an answer. */
export const hangUp: Fault = (response) => {
  response.destroy()
}

/** Keeps the connection open and says nothing. */
export const neverAnswer: Fault = () => undefined

/** Sends the head of an answer and the first `bytes` of its body, which must be fewer than it has; then cuts. */
export function cutShort(reply: Reply, bytes: number): Fault {
  const whole = Buffer.from(reply.body)
  if (bytes >= whole.length)
    throw new RangeError(`The body has ${whole.length} bytes: nothing would be cut off`)
  return (response) => {
    response.writeHead(reply.status, { ...reply.headers, 'content-length': whole.length })
    response.flushHeaders()
    response.write(whole.subarray(0, bytes), () => {
      response.destroy()
    })
  }
}

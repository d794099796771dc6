import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'

/** Breaks a connection that no server handles. */
export type SocketFault = (socket: Socket) => void

/** Sends nothing, and keeps the connection open. */
export const keepSilent: SocketFault = (socket) => {
  // Unread data would turn the close into a reset.
  socket.resume()
}

/** Closes the connection (FIN). */
export const closeSocket: SocketFault = (socket) => {
  socket.resume().end()
}

/** Resets the connection (RST). */
export const resetSocket: SocketFault = (socket) => {
  socket.resetAndDestroy()
}

/** Sends this text, without reading, and then applies `end`. */
export function say(text: string, end: SocketFault = closeSocket): SocketFault {
  return (socket) => {
    socket.write(text, () => {
      end(socket)
    })
  }
}

/** A proxy that refuses a connection: 407 requires authentication, 403 forbids it, 502 cannot reach the server. */
export function refuseTunnel(status: number): SocketFault {
  const challenge = status === 407 ? 'Proxy-Authenticate: Basic realm="fake proxy"\r\n' : ''
  return say(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${challenge}Content-Length: 0\r\n\r\n`)
}

/** A proxy that opens a connection, and then applies `end` before TLS has started. */
export function openTunnel(end: SocketFault): SocketFault {
  return say('HTTP/1.1 200 Connection established\r\n\r\n', end)
}

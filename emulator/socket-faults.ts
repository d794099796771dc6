import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'

/** What is done to a connection for good, where nothing serves it. */
export type SocketFault = (socket: Socket) => void

/** Says nothing, and keeps the connection. */
export const keepSilent: SocketFault = (socket) => {
  // What is not read would become a reset when it is closed.
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

/** Says this, whatever it is told, and then ends as `end` does. */
export function say(text: string, end: SocketFault = closeSocket): SocketFault {
  return (socket) => {
    socket.write(text, () => {
      end(socket)
    })
  }
}

/** A proxy that does not let a connection through: 407 wants to know who asks, 403 forbids it, 502 reaches nobody. */
export function refuseTunnel(status: number): SocketFault {
  const challenge = status === 407 ? 'Proxy-Authenticate: Basic realm="fake proxy"\r\n' : ''
  return say(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${challenge}Content-Length: 0\r\n\r\n`)
}

/** A proxy that lets a connection through, and then ends it as `end` does: before TLS has begun. */
export function openTunnel(end: SocketFault): SocketFault {
  return say('HTTP/1.1 200 Connection established\r\n\r\n', end)
}

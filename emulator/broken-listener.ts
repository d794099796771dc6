import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import type { SocketFault } from './socket-faults.js'

/** A port on 127.0.0.1 that accepts every connection and breaks it in the same way. It does not speak HTTP. */
export class BrokenListener {
  /** The number of accepted connections. */
  connections = 0
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  private constructor(fault: SocketFault) {
    this.#server = createServer((socket) => {
      this.connections++
      this.#sockets.add(socket)
      socket.once('close', () => this.#sockets.delete(socket))
      // A client may disconnect. Without this listener, that would end the process.
      socket.on('error', () => undefined)
      fault(socket)
    })
  }

  /** Starts it on a free port: `BrokenListener.start(resetSocket)`. */
  static async start(fault: SocketFault): Promise<BrokenListener> {
    const listener = new BrokenListener(fault)
    await new Promise<void>((resolve) => listener.#server.listen(0, '127.0.0.1', resolve))
    return listener
  }

  /** `http://127.0.0.1:<port>`, without a trailing slash. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Stops listening and closes every connection. */
  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve()
      })
      for (const socket of this.#sockets) socket.destroy()
    })
  }
}

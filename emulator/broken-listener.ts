import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import type { SocketFault } from './socket-faults.js'

/** A port of 127.0.0.1 that takes every connection and does one and the same thing to it; it speaks no HTTP. */
export class BrokenListener {
  /** How many connections it has taken. */
  connections = 0
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  private constructor(fault: SocketFault) {
    this.#server = createServer((socket) => {
      this.connections++
      this.#sockets.add(socket)
      socket.once('close', () => this.#sockets.delete(socket))
      // A client that goes away is no mistake of ours; without this it would end the process.
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

  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Stops listening and cuts every connection. */
  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve()
      })
      for (const socket of this.#sockets) socket.destroy()
    })
  }
}

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { BrokenListener } from './broken-listener.js'
import { keepSilent } from './socket-faults.js'

/**
 * A port on 127.0.0.1 that refuses connections. It is the local port of an open connection, so the system gives it to no
 * server before `close`. A port that was just closed could be given to another server.
 */
export class RefusedPort {
  readonly #farEnd: BrokenListener
  readonly #socket: Socket

  private constructor(farEnd: BrokenListener, socket: Socket) {
    this.#farEnd = farEnd
    this.#socket = socket
  }

  /** Reserves a free port. */
  static async start(): Promise<RefusedPort> {
    const farEnd = await BrokenListener.start(keepSilent)
    const socket = connect({ host: '127.0.0.1', port: Number(new URL(farEnd.url).port) })
    await once(socket, 'connect')
    return new RefusedPort(farEnd, socket)
  }

  /** `http://127.0.0.1:<port>`, without a trailing slash. */
  get url(): string {
    return `http://127.0.0.1:${this.#socket.localPort ?? 0}`
  }

  /** Releases the port. */
  async close(): Promise<void> {
    this.#socket.destroy()
    await this.#farEnd.close()
  }
}

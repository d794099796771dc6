import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { BrokenListener } from './broken-listener.js'
import { keepSilent } from './socket-faults.js'

/**
 * A port of 127.0.0.1 where nobody listens: connections are refused. It is the near end of a connection of ours, so the
 * system gives it to no server before `close`, as it might with one that has just been closed.
 */
export class RefusedPort {
  readonly #farEnd: BrokenListener
  readonly #socket: Socket

  private constructor(farEnd: BrokenListener, socket: Socket) {
    this.#farEnd = farEnd
    this.#socket = socket
  }

  /** Takes a free port. */
  static async start(): Promise<RefusedPort> {
    const farEnd = await BrokenListener.start(keepSilent)
    const socket = connect({ host: '127.0.0.1', port: Number(new URL(farEnd.url).port) })
    await once(socket, 'connect')
    return new RefusedPort(farEnd, socket)
  }

  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  get url(): string {
    return `http://127.0.0.1:${this.#socket.localPort ?? 0}`
  }

  /** Gives the port back. */
  async close(): Promise<void> {
    this.#socket.destroy()
    await this.#farEnd.close()
  }
}

import { createServer, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { FakeCertificate, type CertificateOptions } from './fake-certificate.js'
import { refuseTunnel, type SocketFault } from './socket-faults.js'
import { tlsRelay } from './tls-relay.js'

/** What is behind a name: `http://127.0.0.1:<port>`, without a slash at the end. */
export type Origins = Readonly<Record<string, string>>

/** How the proxy misbehaves. */
export interface FrontOptions extends CertificateOptions {
  /**
   * What is done to a CONNECT instead of letting it through; undefined for nothing. Default nothing.
   *
   * @param count which CONNECT it is, from 1
   */
  readonly breaks?: (target: string, count: number) => SocketFault | undefined
}

/**
 * An HTTP proxy on loopback that is the internet: it takes CONNECT to port 443 of the names that it has, speaks TLS for
 * them with a certificate made at its start, and hands requests on to the servers behind them.
 *
 * A step reaches `https://adb-1.2.azuredatabricks.net` through it with the `variables` in its environment.
 */
export class TlsFront {
  /** Each `<name>:<port>` that a client asked for, in their order, also what was refused. */
  readonly connects: string[] = []
  readonly #certificate: FakeCertificate
  readonly #breaks: NonNullable<FrontOptions['breaks']>
  readonly #proxy: Server
  readonly #behind = new Map<string, Server>()
  readonly #sockets = new Set<Socket>()

  private constructor(origins: Origins, certificate: FakeCertificate, { breaks }: FrontOptions) {
    this.#certificate = certificate
    this.#breaks = breaks ?? (() => undefined)
    for (const [name, origin] of Object.entries(origins)) {
      // They never listen: their connections come from the proxy.
      this.#behind.set(`${name}:443`, tlsRelay(origin, certificate))
    }
    this.#proxy = createServer((_, answer) => answer.writeHead(403).end())
    this.#proxy.on('connection', (socket) => {
      this.#sockets.add(socket)
      socket.once('close', () => this.#sockets.delete(socket))
    })
    this.#proxy.on('connect', ({ url = '', socket }, _, head) => {
      this.#connect(url, socket, head)
    })
  }

  /** Starts it on a free port of 127.0.0.1. The names are in small letters. */
  static async start(origins: Origins, options: FrontOptions = {}): Promise<TlsFront> {
    const certificate = await FakeCertificate.make(Object.keys(origins), options)
    const front = new TlsFront(origins, certificate, options)
    await new Promise<void>((resolve) => front.#proxy.listen(0, '127.0.0.1', resolve))
    return front
  }

  /** For `https_proxy`. */
  get proxyUrl(): string {
    return `http://127.0.0.1:${(this.#proxy.address() as AddressInfo).port}`
  }

  /** What clients are to trust, in PEM. */
  get certificate(): string {
    return this.#certificate.trusted
  }

  /** For `NODE_EXTRA_CA_CERTS`; it is there until `close`. */
  get certificateFile(): string {
    return this.#certificate.file
  }

  /** What a process needs in its environment to go through here. */
  get variables(): Record<'https_proxy' | 'NODE_EXTRA_CA_CERTS', string> {
    return { https_proxy: this.proxyUrl, NODE_EXTRA_CA_CERTS: this.certificateFile }
  }

  /** Stops listening, cuts every connection and removes the certificate's file. */
  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#proxy.close(() => {
        resolve()
      })
      for (const socket of this.#sockets) socket.destroy()
    })
    this.#certificate.remove()
  }

  #connect(target: string, socket: Socket, head: Buffer): void {
    const count = this.connects.push(target)
    // A client that goes away is no mistake of ours; without this it would end the process.
    socket.on('error', () => undefined)
    const server = this.#behind.get(target.toLowerCase())
    const fault = this.#breaks(target, count)
    if (fault !== undefined) fault(socket)
    else if (server === undefined) refuseTunnel(403)(socket)
    else {
      // Written, but not waited for: what the client says next must find its reader.
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      if (head.length > 0) socket.unshift(head)
      server.emit('connection', socket)
    }
  }
}

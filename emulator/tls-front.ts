import { createServer, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { FakeCertificate, type CertificateOptions } from './fake-certificate.js'
import { refuseTunnel, type SocketFault } from './socket-faults.js'
import { tlsRelay } from './tls-relay.js'

/** The server of each host name: `http://127.0.0.1:<port>`, without a trailing slash. */
export type Origins = Readonly<Record<string, string>>

/** Options of the proxy. */
export interface FrontOptions extends CertificateOptions {
  /**
   * Returns how a CONNECT is broken; undefined to accept it. Default: it is accepted.
   *
   * @param count the number of the CONNECT, from 1
   */
  readonly breaks?: (target: string, count: number) => SocketFault | undefined
}

/**
 * An HTTP proxy on loopback that simulates the internet. It accepts CONNECT to port 443 of its host names, terminates TLS
 * with a new certificate, and forwards the requests to their servers.
 *
 * With its `variables` in the environment, a step can connect to `https://adb-1.2.azuredatabricks.net`.
 */
export class TlsFront {
  /** Each requested `<name>:<port>`, in order, also if it was refused. */
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
      // These servers do not listen: the proxy passes them its connections.
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

  /** Starts it on a free port on 127.0.0.1. Host names must be lowercase. */
  static async start(origins: Origins, options: FrontOptions = {}): Promise<TlsFront> {
    const certificate = await FakeCertificate.make(Object.keys(origins), options)
    const front = new TlsFront(origins, certificate, options)
    await new Promise<void>((resolve) => front.#proxy.listen(0, '127.0.0.1', resolve))
    return front
  }

  /** The value for `https_proxy`. */
  get proxyUrl(): string {
    return `http://127.0.0.1:${(this.#proxy.address() as AddressInfo).port}`
  }

  /** The certificate to trust, in PEM. */
  get certificate(): string {
    return this.#certificate.trusted
  }

  /** The file for `NODE_EXTRA_CA_CERTS`. It exists until `close`. */
  get certificateFile(): string {
    return this.#certificate.file
  }

  /** The environment variables with which a process uses this proxy. */
  get variables(): Record<'https_proxy' | 'NODE_EXTRA_CA_CERTS', string> {
    return { https_proxy: this.proxyUrl, NODE_EXTRA_CA_CERTS: this.certificateFile }
  }

  /** Stops listening, closes every connection and removes the certificate's file. */
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
    // A client may disconnect. Without this listener, that would end the process.
    socket.on('error', () => undefined)
    const server = this.#behind.get(target.toLowerCase())
    const fault = this.#breaks(target, count)
    if (fault !== undefined) fault(socket)
    else if (server === undefined) refuseTunnel(403)(socket)
    else {
      // Without waiting for the write: the server must be there when the client sends more.
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      if (head.length > 0) socket.unshift(head)
      server.emit('connection', socket)
    }
  }
}

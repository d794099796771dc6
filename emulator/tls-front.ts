import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, request, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Duplex } from 'node:stream'
import { generate } from 'selfsigned'

/** What is behind a name: `http://127.0.0.1:<port>`, without a slash at the end. */
export type Origins = Readonly<Record<string, string>>

/**
 * An HTTP proxy on loopback that is the internet: it takes CONNECT to port 443 of the names that it has, speaks TLS for
 * them with a certificate made at its start, and hands requests on to the servers behind them.
 *
 * A step reaches `https://adb-1.2.azuredatabricks.net` through it with the `variables` in its environment.
 */
export class TlsFront {
  /** Each `<name>:<port>` that a client asked for, in their order, also what was refused. */
  readonly connects: string[] = []
  /** The certificate, which vouches for itself, in PEM. */
  readonly certificate: string
  readonly #folder: string
  readonly #proxy: Server
  readonly #behind = new Map<string, Server>()
  readonly #sockets = new Set<Duplex>()

  private constructor(origins: Origins, key: string, cert: string) {
    this.certificate = cert
    this.#folder = mkdtempSync(path.join(tmpdir(), 'tls-front-'))
    writeFileSync(this.certificateFile, cert)
    for (const [name, origin] of Object.entries(origins)) {
      // They never listen: their connections come from the proxy.
      this.#behind.set(`${name}:443`, createTlsServer({ key, cert }, relayTo(origin)))
    }
    this.#proxy = createServer((_, answer) => answer.writeHead(403).end())
    this.#proxy.on('connection', (socket) => {
      this.#sockets.add(socket)
      socket.once('close', () => this.#sockets.delete(socket))
    })
    this.#proxy.on('connect', ({ url = '' }, socket, head) => {
      this.#connect(url, socket, head)
    })
  }

  /** Starts it on a free port of 127.0.0.1. The names are in small letters. */
  static async start(origins: Origins): Promise<TlsFront> {
    const altNames = Object.keys(origins).map((value) => ({ type: 2 as const, value }))
    const { private: key, cert } = await generate([{ name: 'commonName', value: 'Fake certificate' }], {
      keyType: 'ec',
      algorithm: 'sha256',
      extensions: [{ name: 'subjectAltName', altNames }],
    })
    const front = new TlsFront(origins, key, cert)
    await new Promise<void>((resolve) => front.#proxy.listen(0, '127.0.0.1', resolve))
    return front
  }

  /** For `https_proxy`. */
  get proxyUrl(): string {
    return `http://127.0.0.1:${(this.#proxy.address() as AddressInfo).port}`
  }

  /** For `NODE_EXTRA_CA_CERTS`; it is there until `close`. */
  get certificateFile(): string {
    return path.join(this.#folder, 'certificate.pem')
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
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #connect(target: string, socket: Duplex, head: Buffer): void {
    this.connects.push(target)
    // A client that goes away is no mistake of ours; without this it would end the process.
    socket.on('error', () => undefined)
    const server = this.#behind.get(target.toLowerCase())
    if (server === undefined) {
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n')
      return
    }
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
    if (head.length > 0) socket.unshift(head)
    server.emit('connection', socket)
  }
}

/** Hands each request on, with its Host; an answer that breaks off or never comes does so here as well. */
function relayTo(origin: string): RequestListener {
  return (incoming, answer) => {
    const { method, headers, url = '' } = incoming
    const onward = request(origin + url, {
      method,
      headers: { ...headers, 'x-forwarded-proto': 'https' },
      agent: false,
    })
    onward.on('response', (response) => {
      answer.writeHead(response.statusCode ?? 0, response.headers)
      response.on('error', () => answer.destroy())
      response.pipe(answer)
    })
    onward.on('error', () => answer.destroy())
    answer.on('close', () => onward.destroy())
    incoming.pipe(onward)
  }
}

import type { Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { FakeCertificate, type CertificateOptions } from './fake-certificate.js'
import { tlsRelay } from './tls-relay.js'

/** `https://localhost:<port>`, with a server of the emulator behind it, for clients that go through no proxy. */
export class TlsListener {
  readonly #certificate: FakeCertificate
  readonly #server: Server

  private constructor(certificate: FakeCertificate, server: Server) {
    this.#certificate = certificate
    this.#server = server
  }

  /** Starts it on a free port of 127.0.0.1, in front of `http://127.0.0.1:<port>`. */
  static async start(origin: string, options: CertificateOptions = {}): Promise<TlsListener> {
    const certificate = await FakeCertificate.make(['localhost'], options)
    const server = tlsRelay(origin, certificate)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return new TlsListener(certificate, server)
  }

  /** Without a slash at the end. */
  get url(): string {
    return `https://localhost:${(this.#server.address() as AddressInfo).port}`
  }

  /** What clients are to trust, in PEM. */
  get trusted(): string {
    return this.#certificate.trusted
  }

  /** What a process needs in its environment to trust it, as far as that is possible. */
  get variables(): Record<'NODE_EXTRA_CA_CERTS', string> {
    return { NODE_EXTRA_CA_CERTS: this.#certificate.file }
  }

  /** Stops listening, cuts every connection and removes the certificate's file. */
  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve()
      })
      this.#server.closeAllConnections()
    })
    this.#certificate.remove()
  }
}

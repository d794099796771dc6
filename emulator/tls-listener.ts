import type { Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { FakeCertificate, type CertificateOptions } from './fake-certificate.js'
import { tlsRelay } from './tls-relay.js'

/** `https://localhost:<port>` in front of a server of the emulator, for clients without a proxy. */
export class TlsListener {
  readonly #certificate: FakeCertificate
  readonly #server: Server

  private constructor(certificate: FakeCertificate, server: Server) {
    this.#certificate = certificate
    this.#server = server
  }

  /** Starts it on a free port on 127.0.0.1, in front of `http://127.0.0.1:<port>`. */
  static async start(origin: string, options: CertificateOptions = {}): Promise<TlsListener> {
    const certificate = await FakeCertificate.make(['localhost'], options)
    const server = tlsRelay(origin, certificate)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return new TlsListener(certificate, server)
  }

  /** The address, without a trailing slash. */
  get url(): string {
    return `https://localhost:${(this.#server.address() as AddressInfo).port}`
  }

  /** The certificate to trust, in PEM. */
  get trusted(): string {
    return this.#certificate.trusted
  }

  /** The environment variables with which a process trusts it, unless the certificate has a flaw. */
  get variables(): Record<'NODE_EXTRA_CA_CERTS', string> {
    return { NODE_EXTRA_CA_CERTS: this.#certificate.file }
  }

  /** Stops listening, closes every connection and removes the certificate's file. */
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

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { generate } from 'selfsigned'

/** What is wrong with a certificate: it expired yesterday, is for another host, or is signed by an unknown authority. */
export type CertificateFlaw = 'expired' | 'wrong host' | 'unknown authority'

/** Options of a certificate. */
export interface CertificateOptions {
  /** Default: none. */
  readonly flaw?: CertificateFlaw
}

/** A new certificate for a server, and a file with the certificate that its clients trust. */
export class FakeCertificate {
  /** In PEM. */
  readonly key: string
  /** In PEM. */
  readonly cert: string
  /** The certificate to trust, in PEM: this self-signed one; with the flaw `unknown authority`, another one. */
  readonly trusted: string
  readonly #folder: string

  private constructor(key: string, cert: string, trusted: string) {
    this.key = key
    this.cert = cert
    this.trusted = trusted
    this.#folder = mkdtempSync(path.join(tmpdir(), 'fake-certificate-'))
    writeFileSync(this.file, trusted)
  }

  /** Creates a certificate for these names or IP addresses. */
  static async make(names: readonly string[], { flaw }: CertificateOptions = {}): Promise<FakeCertificate> {
    const named = flaw === 'wrong host' ? ['somebody-else.invalid'] : names
    const ended = flaw === 'expired' ? { notBeforeDate: daysAgo(2), notAfterDate: daysAgo(1) } : {}
    if (flaw !== 'unknown authority') {
      const { private: key, cert } = await generate(...attributesFor(named, ended))
      return new FakeCertificate(key, cert, cert)
    }
    // The names differ. If they were the same, clients would report a wrong signature.
    const [authority, another] = await Promise.all([
      makeAuthority('Fake authority'),
      makeAuthority('Another fake authority'),
    ])
    const ca = { key: authority.private, cert: authority.cert }
    const { private: key, cert } = await generate(...attributesFor(named, { ca }))
    return new FakeCertificate(key, cert, another.cert)
  }

  /** The file for `NODE_EXTRA_CA_CERTS`. It exists until `remove`. */
  get file(): string {
    return path.join(this.#folder, 'certificate.pem')
  }

  /** Removes the file. */
  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

type Attributes = Required<Parameters<typeof generate>>
type Options = Attributes[1]

function attributesFor(names: readonly string[], options: Options): Attributes {
  const altNames = names.map((name) =>
    isIP(name) === 0 ? { type: 2 as const, value: name } : { type: 7 as const, ip: name },
  )
  return [
    [{ name: 'commonName', value: 'Fake certificate' }],
    { keyType: 'ec', algorithm: 'sha256', extensions: [{ name: 'subjectAltName', altNames }], ...options },
  ]
}

async function makeAuthority(commonName: string): ReturnType<typeof generate> {
  return await generate([{ name: 'commonName', value: commonName }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'keyUsage', keyCertSign: true },
    ],
  })
}

function daysAgo(days: number): Date {
  return new Date(Date.now() - days * 86_400_000)
}

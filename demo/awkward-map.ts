import { randomBytes } from 'node:crypto'

/** A map with values that break simple scripts. The values are new each time and unlock nothing. */
export interface AwkwardMap {
  /** The secrets of the repository, by name. The runner masks them from the start. */
  readonly secrets: Readonly<Record<string, string>>
  /** A file of a build step. */
  readonly keystore: Buffer
}

/** Creates a map: a PEM key, a service account, a password with spaces and quotes, and text that looks like commands. */
export function makeAwkwardMap(): AwkwardMap {
  const body = randomBytes(144).toString('base64').replace(/.{64}/g, '$&\n')
  const pem = `-----BEGIN FAKE PRIVATE KEY-----\n${body}\n-----END FAKE PRIVATE KEY-----\n`
  return {
    secrets: {
      TLS_KEY: pem,
      SERVICE_ACCOUNT: JSON.stringify({ type: 'fake_account', id: randomHex(), private_key: pem }, null, 2),
      DB_PASSWORD: `  "${randomHex()}" # %0A 'quoted' ${randomHex()} 🔑 \t `,
      CRLF_TOKEN: `${randomHex()}\r\n${randomHex()}\r\n`,
      LOOKS_LIKE_A_COMMAND: `::set-output name=${randomHex()}::${randomHex()}`,
    },
    keystore: Buffer.concat([Buffer.from([0x30, 0x82, 0x0a, 0x00, 0xff, 0xfe]), randomBytes(2_500)]),
  }
}

function randomHex(): string {
  return randomBytes(12).toString('hex')
}

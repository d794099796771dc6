import { STATUS_CODES } from 'node:http'
import path from 'node:path'
import { installLocked } from '../../../scripts/installation.js'
import { node24 } from '../../../scripts/node24.js'
import { SIGN_IN_CASES } from '../../cases/sign-in.js'
import type { Client, ExpectedError, InstalledClient } from '../client.js'
import { driverClient } from '../driver.js'

/** What makes the SDK try again whatever the status, if it occurs in a message (`dist/apierr.js`, 0.17.0). */
const TRANSIENT_MESSAGES = [
  'com.databricks.backend.manager.util.UnknownWorkerEnvironmentException',
  'does not have any associated worker environments',
  'There is no worker environment with id',
  'Unknown worker environment',
  'ClusterNotReadyException',
  'connection reset by peer',
  'TLS handshake timeout',
  'connection refused',
  'Unexpected error',
  'i/o timeout',
]

/** `@databricks/sdk-experimental` of npm, driven in a process of its own. */
export const javascriptSdk: Client = {
  name: 'JavaScript SDK',
  async install(folder): Promise<InstalledClient> {
    const sdk = await installLocked(folder, 'javascript-sdk', import.meta.dirname)
    const args = [path.join(import.meta.dirname, 'driver.mjs'), sdk]
    return driverClient(this.name, { program: await nodeForSdk(), args })
  },
  cannotSay: {
    // It writes all its JSON itself, and has no Unity Catalog secrets (0.17.0).
    operations: [
      'putNotJson',
      ...(['createCatalogSecret', 'updateCatalogSecret', 'deleteCatalogSecret', 'getCatalogSecret'] as const),
      ...(['readCatalogSecret', 'listCatalogSecrets'] as const),
      // dist/api-client.js, 0.17.0: the body of a PATCH is never sent.
      'changeGrants',
      'deployBundle',
    ],
    cases: [
      'a host of several workspaces: without the id',
      // Its chain (dist/config/DefaultCredentials.js, 0.17.0) has no federation.
      ...SIGN_IN_CASES.map(({ title }) => title).filter((title) => !title.startsWith('oauth-m2m: ')),
    ],
  },
  // dist/apierr.js, 0.17.0: `parseErrorFromResponse` takes error_code and message as they are, also a code that is a
  // number. An answer without both is "unknown": its code is then the reason phrase of the HTTP status, and its message
  // quotes that and the whole body, unless the body has a <pre>, or a <title> that begins with "Error" and a number.
  errorFor({ status, code, message, body = message ?? '' }): ExpectedError {
    const reason = STATUS_CODES[status] ?? ''
    const isQuoted = code === undefined && !body.includes('<pre>')
    const text = isQuoted ? `Response from server (${reason}) ${body}` : message
    return {
      kind: 'ApiError',
      status,
      code: code === undefined ? reason : String(code),
      ...(text === undefined ? {} : { text }),
    }
  },
  // dist/config/oauth/Client.js, 0.17.0, `exchangeToken`.
  errorForSignIn: ({ error, description }) => ({
    kind: 'Error',
    text: `Failed to retrieve token: ${error} ${description}`,
  }),
  // dist/fetch.js, 0.17.0: it takes a 303 for an empty answer, and never settles after a 301 or a 302.
  errorForLoginPage: undefined,
  // dist/apierr.js, 0.17.0, `isRetryable`. That 503 is not among them is what the source says.
  retries: ({ status, message = '' }) =>
    status === 429 || TRANSIENT_MESSAGES.some((part) => message.includes(part)),
}

/** The SDK wants Node 22; contributors may have 20. */
async function nodeForSdk(): Promise<string> {
  return Number(process.versions.node.split('.')[0]) >= 22 ? process.execPath : await node24()
}

import { STATUS_CODES } from 'node:http'
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { node24 } from '../../../scripts/node24.mjs'
import type { Client, ExpectedReport, InstalledClient } from '../client.js'
import { Driver } from '../driver.js'
import { install, installOnce } from '../installation.js'
import { isolatedEnv } from '../process.js'

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
    const sdk = await installSdk(folder)
    const home = await mkdtemp(path.join(tmpdir(), 'javascript-sdk-'))
    const args = [path.join(import.meta.dirname, 'driver.mjs'), sdk]
    const { driver, version } = await Driver.start(this.name, await nodeForSdk(), args, isolatedEnv(home))
    return {
      version,
      open: (target) => Promise.resolve(driver.open(target)),
      async close() {
        await driver.close()
        await rm(home, { recursive: true, force: true })
      },
    }
  },
  // dist/apierr.js, 0.17.0: `parseErrorFromResponse` takes error_code and message as they are, also a code that is a
  // number. An answer without both is "unknown": its code is then the reason phrase of the HTTP status, and its message
  // quotes that and the whole body, unless the body has a <pre>, or a <title> that begins with "Error" and a number.
  reports({ status, code, message }): ExpectedReport {
    const reason = STATUS_CODES[status] ?? ''
    const text = code === undefined ? `Response from server (${reason}) ${message ?? ''}` : message
    return {
      kind: 'ApiError',
      status,
      code: code === undefined ? reason : String(code),
      ...(text === undefined ? {} : { text }),
    }
  },
  // dist/apierr.js, 0.17.0, `isRetryable`. That 503 is not among them is what the source says.
  retries: ({ status, message = '' }) =>
    status === 429 || TRANSIENT_MESSAGES.some((part) => message.includes(part)),
}

/** The SDK wants Node 22; contributors may have 20. */
async function nodeForSdk(): Promise<string> {
  return Number(process.versions.node.split('.')[0]) >= 22 ? process.execPath : await node24()
}

/** Installs what the lock file beside this one holds, and gives back the folder. */
async function installSdk(cache: string): Promise<string> {
  const files = ['package.json', 'package-lock.json'].map((file) => path.join(import.meta.dirname, file))
  const npm = { program: 'npm', needed: 'The JavaScript SDK needs npm: there is none on the PATH.' }
  return await installOnce(
    cache,
    'javascript-sdk',
    await Promise.all(files.map((file) => readFile(file))),
    async (folder) => {
      for (const file of files) await copyFile(file, path.join(folder, path.basename(file)))
      const quietly = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel', 'error']
      await install(npm, ['ci', '--prefix', folder, ...quietly])
    },
  )
}

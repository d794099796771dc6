import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Refusal } from '../../refusals.js'
import type { Client, ExpectedReport, InstalledClient } from '../client.js'
import { Driver } from '../driver.js'
import { isolatedEnv } from '../process.js'
import { pythonSettings, pythonVenv } from '../python-venv.js'

/** The Databricks SDK for Python, in one process for all sessions. */
export const pythonSdk: Client = {
  name: 'Python SDK',
  async install(folder): Promise<InstalledClient> {
    const requirements = path.join(import.meta.dirname, 'requirements.txt')
    const bin = await pythonVenv(folder, 'python-sdk', requirements)
    // Without a home there is no ~/.databrickscfg, whose values the SDK would mix with ours.
    const home = await mkdtemp(path.join(tmpdir(), 'python-sdk-'))
    const env = isolatedEnv(home, pythonSettings(bin))
    const script = path.join(import.meta.dirname, 'driver.py')
    const { driver, version } = await Driver.start(this.name, path.join(bin, 'python'), [script], env)
    return {
      version,
      open: (target) => Promise.resolve(driver.open(target)),
      async close() {
        await driver.close()
        await rm(home, { recursive: true, force: true })
      },
    }
  },
  reports: reportOf,
  // errors/customizer.py gives every 429 and 503 that could be parsed a time to wait, and retries.py tries again after it.
  retries: ({ status, code }) => (status === 429 || status === 503) && code !== undefined,
}

/** databricks/sdk/errors/platform.py, ERROR_CODE_MAPPING: asked first. */
const CLASS_OF_CODE: Readonly<Record<string, string>> = {
  INVALID_STATE: 'InvalidState',
  INVALID_PARAMETER_VALUE: 'InvalidParameterValue',
  RESOURCE_DOES_NOT_EXIST: 'ResourceDoesNotExist',
  ABORTED: 'Aborted',
  ALREADY_EXISTS: 'AlreadyExists',
  RESOURCE_ALREADY_EXISTS: 'ResourceAlreadyExists',
  RESOURCE_EXHAUSTED: 'ResourceExhausted',
  REQUEST_LIMIT_EXCEEDED: 'RequestLimitExceeded',
  UNKNOWN: 'Unknown',
  DATA_LOSS: 'DataLoss',
}

/** The same file, STATUS_CODE_MAPPING: for codes that are not in the other table. */
const CLASS_OF_STATUS: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'Unauthenticated',
  403: 'PermissionDenied',
  404: 'NotFound',
  409: 'ResourceConflict',
  429: 'TooManyRequests',
  499: 'Cancelled',
  500: 'InternalError',
  501: 'NotImplemented',
  503: 'TemporarilyUnavailable',
  504: 'DeadlineExceeded',
}

/** databricks/sdk/errors/mapper.py and parser.py, and core.py for what is said after the message. */
function reportOf({ status, code, message }: Refusal): ExpectedReport {
  const kind = CLASS_OF_CODE[String(code)] ?? CLASS_OF_STATUS[status] ?? 'DatabricksError'
  // parser.py: what is neither JSON, nor `CODE: text`, nor HTML is quoted in the log of the request, at its end.
  if (code === undefined) return { kind, text: message === undefined ? UNREADABLE : `< ${message}\`\`\`` }
  return { kind, code: String(code), ...textOf(status, message) }
}

const UNREADABLE = 'unable to parse response. This is likely a bug in the Databricks SDK for Python'

function textOf(status: number, message: string | undefined): { text?: string } {
  if (message !== undefined) return { text: message }
  // core.py, _AddDebugErrorCustomizer: who is not let in is told how the client is configured.
  return status === 401 || status === 403 ? { text: '. Config: host=' } : {}
}

import { STATUS_CODES } from 'node:http'
import path from 'node:path'
import { pythonSettings, pythonVenv } from '../../../scripts/python-venv.js'
import type { Operation } from '../../operations.js'
import type { Refusal } from '../../refusals.js'
import type { Client, ExpectedError, InstalledClient } from '../client.js'
import { driverClient } from '../driver.js'

/** The Databricks SDK for Python, in one process for all sessions. */
export const pythonSdk: Client = {
  name: 'Python SDK',
  async install(folder): Promise<InstalledClient> {
    const requirements = path.join(import.meta.dirname, 'requirements.txt')
    const bin = await pythonVenv(folder, 'python-sdk', requirements)
    return driverClient(this.name, {
      program: path.join(bin, 'python'),
      args: [path.join(import.meta.dirname, 'driver.py')],
      settings: pythonSettings(bin),
    })
  },
  cannotSay: {
    // It writes all its JSON itself. Privileges are an enumeration (service/catalog.py, 0.162.0) that has none of secrets: it
    // cannot grant them, and leaves them out of what it lists.
    operations: ['putNotJson', 'changeGrants', 'listGrants', 'deployBundle'],
    cases: [
      // Permissions are an enumeration.
      'set an ACL: refused for a bad permission',
      // config.py knows where to ask for the token endpoint from the host's description alone.
      'oauth-m2m: on a host that does not describe itself',
    ],
  },
  errorFor,
  // oauth.py, `retrieve_token`.
  errorForSignIn: ({ error, description }) => ({ kind: 'ValueError', text: `${error}: ${description}` }),
  // _base_client.py: it follows the redirect, and reads its end as JSON.
  errorForLoginPage: { kind: 'JSONDecodeError', text: 'Expecting value: line 1 column 1' },
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
function errorFor({ status, code, message, body = message }: Refusal, operation: Operation): ExpectedError {
  const error_code = code ?? codeIn(status, body ?? '')
  // errors/overrides.py: of a job that does not exist, the code stays.
  const isMissingJob = operation.do === 'getConsumer' && /^Job .* does not exist/.test(message ?? '')
  const kind = isMissingJob
    ? 'ResourceDoesNotExist'
    : (CLASS_OF_CODE[String(error_code)] ?? CLASS_OF_STATUS[status] ?? 'DatabricksError')
  // parser.py: what is neither JSON, nor `CODE: text`, nor HTML is quoted in the log of the request, at its end.
  if (error_code === undefined) return { kind, text: body === undefined ? UNREADABLE : `< ${body}\`\`\`` }
  return { kind, code: String(error_code), ...textOf(status, message) }
}

/** databricks/sdk/errors/deserializer.py: what is no JSON may be `CODE: text`, or HTML, whose code is the reason phrase. */
function codeIn(status: number, body: string): string | undefined {
  const code = /^([A-Z_]+): /.exec(body)?.[1]
  if (code !== undefined || !body.includes('<pre>')) return code
  return STATUS_CODES[status]?.toUpperCase().replaceAll(' ', '_')
}

const UNREADABLE = 'unable to parse response. This is likely a bug in the Databricks SDK for Python'

function textOf(status: number, message: string | undefined): { text?: string } {
  if (message !== undefined) return { text: message }
  // core.py, _AddDebugErrorCustomizer: who is not let in is told how the client is configured.
  return status === 401 || status === 403 ? { text: '. Config: host=' } : {}
}

import { buildJavaProgram } from '../../../scripts/java-program.js'
import type { Operation } from '../../operations.js'
import type { Refusal } from '../../refusals.js'
import type { Client, ExpectedError, InstalledClient } from '../client.js'
import { driverClient } from '../driver.js'

/** The Databricks SDK for Java, in one process for all sessions. */
export const javaSdk: Client = {
  name: 'Java SDK',
  async install(folder): Promise<InstalledClient> {
    const classPath = await buildJavaProgram(folder, 'java-sdk', import.meta.dirname, 'Driver')
    // Few operations are repeated often enough for the second compiler.
    const quickly = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC']
    return driverClient(this.name, {
      program: 'java',
      args: [...quickly, '-classpath', classPath, 'Driver'],
    })
  },
  cannotSay: {
    operations: [
      // It writes all its JSON itself.
      'putNotJson',
      // service/catalog/GetSecretRequest.java, 0.141.0, has no include_value.
      'readCatalogSecret',
      // service/catalog/Privilege.java, 0.141.0, is an enumeration without the privileges of secrets, which are null in a list.
      'changeGrants',
      'listGrants',
      'deployBundle',
    ],
    cases: [
      // Permissions are an enumeration.
      'set an ACL: refused for a bad permission',
      'catalog: list secrets, with empty pages',
    ],
  },
  // support/Paginator.java, 0.141.0: where a page has no array, which an empty one need not have.
  stopsAtEmptyPages: true,
  errorFor,
  // core/oauth, 0.141.0. With a client secret, ApiErrors.java takes OAuth's code for the message, and drops the description.
  // With a JWT, TokenSourceCredentialsProvider.java drops both, as if no credentials were there.
  errorForSignIn: ({ error }, { authType }) => ({
    kind: 'DatabricksException',
    text:
      authType === 'oauth-m2m'
        ? `Failed to refresh credentials: ${error}`
        : 'cannot configure default credentials',
  }),
  // SecretsImpl.java: it follows the redirect, and reads its end as JSON.
  errorForLoginPage: { kind: 'DatabricksException', text: "IO error: Unexpected character ('<'" },
  // core/retry/NonIdempotentRequestRetryStrategy.java asks the status of the exception. It waits for a `Retry-After`.
  retries: (refusal) => [429, 501, 503].includes(classFor(refusal).status),
}

/** A class of exceptions. Each has one status, whatever that of the answer was. */
interface ExceptionClass {
  readonly kind: string
  readonly status: number
}

/** core/error/ErrorMapper.java, `errorCode`: asked first. */
const CLASS_OF_CODE: Readonly<Record<string, ExceptionClass>> = {
  INVALID_STATE: { kind: 'InvalidState', status: 400 },
  INVALID_PARAMETER_VALUE: { kind: 'InvalidParameterValue', status: 400 },
  RESOURCE_DOES_NOT_EXIST: { kind: 'ResourceDoesNotExist', status: 404 },
  ABORTED: { kind: 'Aborted', status: 409 },
  ALREADY_EXISTS: { kind: 'AlreadyExists', status: 409 },
  RESOURCE_ALREADY_EXISTS: { kind: 'ResourceAlreadyExists', status: 409 },
  RESOURCE_EXHAUSTED: { kind: 'ResourceExhausted', status: 429 },
  REQUEST_LIMIT_EXCEEDED: { kind: 'RequestLimitExceeded', status: 429 },
  UNKNOWN: { kind: 'Unknown', status: 500 },
  DATA_LOSS: { kind: 'DataLoss', status: 500 },
}

/** The same file, `statusCode`: for codes that are not in the other table. */
const KIND_OF_STATUS: Readonly<Record<number, string>> = {
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

function classFor({ status, code }: Refusal): ExceptionClass {
  return CLASS_OF_CODE[String(code)] ?? { kind: KIND_OF_STATUS[status] ?? 'DatabricksError', status }
}

/** core/error/ApiErrors.java: where the answer is no JSON, the code is empty. */
function errorFor(refusal: Refusal, operation: Operation): ExpectedError {
  const { message } = refusal
  // core/error/ErrorOverrides.java: a job that does not exist gets the code of that class too.
  const isMissingJob = operation.do === 'getConsumer' && /^Job .* does not exist/.test(message ?? '')
  const code = isMissingJob ? 'RESOURCE_DOES_NOT_EXIST' : (refusal.code ?? '')
  return {
    ...classFor({ ...refusal, code }),
    code: String(code),
    ...(message === undefined ? {} : { text: message }),
  }
}

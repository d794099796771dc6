import { randomUUID } from 'node:crypto'
import { plainJson, type Reply } from './reply.js'
import type { JwtRefused } from './verify-jwt.js'

/**
 * An error of Entra ID: an OAuth error whose description starts with a number of Microsoft.
 *
 * The numbers and the first words of their texts are from Microsoft's list of AADSTS codes and many public reports. The HTTP
 * statuses are an assumption, and so are the codes with such a comment.
 */
export class EntraError extends Error {
  /** The HTTP status of the response. */
  readonly status: 400 | 401
  /** The value of `error`. */
  readonly error: string
  /** The digits after `AADSTS`. */
  readonly number: number

  constructor(status: 400 | 401, error: string, number: number, message: string) {
    super(`AADSTS${number}: ${message}`)
    this.name = 'EntraError'
    this.status = status
    this.error = error
    this.number = number
  }

  /** Returns the response. @param now milliseconds since the epoch */
  reply(now: number): Reply {
    const timestamp = written(now)
    const [trace, correlation] = [randomUUID(), randomUUID()]
    const trail = `Trace ID: ${trace} Correlation ID: ${correlation} Timestamp: ${timestamp}`
    return plainJson(this.status, {
      error: this.error,
      error_description: `${this.message} ${trail}`,
      error_codes: [this.number],
      timestamp,
      trace_id: trace,
      correlation_id: correlation,
      error_uri: `https://login.microsoftonline.com/error?code=${this.number}`,
    })
  }
}

/** Formats a time as Entra ID does: `2026-01-31 12:00:00Z`. */
function written(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('T', ' ').replace(/\..*/, 'Z')
}

/** A required parameter is missing. If the body is no form, all of them are missing. */
export const parameterMissing = (name: string): EntraError =>
  new EntraError(
    400,
    'invalid_request',
    900144,
    `The request body must contain the following parameter: '${name}'.`,
  )

/** The tenant does not exist. */
export const tenantUnknown = (tenant: string): EntraError =>
  new EntraError(
    400,
    'invalid_request',
    90002,
    `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct ` +
      'cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the ' +
      'tenant.',
  )

/** The grant type is not client credentials. The number is an assumption. */
export const grantTypeUnsupported = (grantType: string): EntraError =>
  new EntraError(
    400,
    'unsupported_grant_type',
    70003,
    `The app requested an unsupported grant type '${grantType}'.`,
  )

/** The client id belongs to no app. */
export const appUnknown = (clientId: string, tenant: string): EntraError =>
  new EntraError(
    400,
    'unauthorized_client',
    700016,
    `Application with identifier '${clientId}' was not found in the directory '${tenant}'. This can happen if the ` +
      'application has not been installed by the administrator of the tenant or consented to by any user in the tenant. ' +
      'You may have sent your authentication request to the wrong tenant.',
  )

/** There is neither a client secret nor an assertion. */
export const credentialMissing = (): EntraError =>
  new EntraError(
    401,
    'invalid_client',
    7000218,
    "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
  )

/** The client secret is wrong. */
export const secretInvalid = (clientId: string): EntraError =>
  new EntraError(
    401,
    'invalid_client',
    7000215,
    'Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the ' +
      `client secret ID, for a secret added to app '${clientId}'.`,
  )

/** The type of the assertion is not supported. Code and number are an assumption. */
export const assertionTypeUnsupported = (): EntraError =>
  new EntraError(400, 'invalid_request', 900146, 'The client_assertion_type is not supported.')

/** The resource does not exist. */
export const resourceUnknown = (resource: string, tenant: string): EntraError =>
  new EntraError(
    400,
    'invalid_resource',
    500011,
    `The resource principal named ${resource} was not found in the tenant named ${tenant}. This can happen if the ` +
      'application has not been installed by the administrator of the tenant or consented to by any user in the tenant. ' +
      'You might have sent your authentication request to the wrong tenant.',
  )

/**
 * No federated credential of the app accepts the assertion. The numbers for a bad signature (700027) and for an invalid JWT
 * (50027) are an assumption.
 *
 * @param now milliseconds since the epoch
 */
export function assertionRefused({ flaw, claims }: JwtRefused, now: number): EntraError {
  const refusal = (number: number, message: string): EntraError =>
    new EntraError(401, 'invalid_client', number, message)
  const noRecord = (number: number, part: string, value: unknown): EntraError =>
    refusal(
      number,
      `No matching federated identity record found for presented assertion ${part} '${String(value)}'. Check your ` +
        'federated identity credential Subject, Audience and Issuer against the presented assertion.',
    )
  switch (flaw) {
    case 'form':
      return refusal(50027, 'JWT token is invalid or malformed.')
    case 'issuer':
      return noRecord(700211, 'issuer', claims.iss)
    case 'signature':
      return refusal(700027, 'Client assertion failed signature validation.')
    case 'audience':
      return noRecord(700212, 'audience', claims.aud)
    case 'subject':
      return noRecord(700213, 'subject', claims.sub)
    case 'expiry':
      return refusal(
        700024,
        `Client assertion is not within its valid time range. Current time: ${written(now)}, expiry time of assertion ` +
          `${written((claims.exp ?? 0) * 1_000)}.`,
      )
  }
}

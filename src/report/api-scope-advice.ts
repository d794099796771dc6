import { ALL_APIS } from '../databricks/auth/token-endpoint.js'
import type { WorkspaceError } from '../databricks/workspace-error.js'

/**
 * The API scopes that calls of this action require, as in the API reference. A name in a message is repeated only if it is
 * one of them.
 */
const KNOWN_SCOPES = new Set([ALL_APIS, 'secrets', 'unity-catalog', 'scim', 'iam.current-user:read'])

const SCOPES_OF_STORES = 'secrets for a secret scope, unity-catalog for Unity Catalog secrets'

/**
 * Says what to change if the token endpoint refuses the API scopes that it was asked for; undefined for other errors. The
 * codes are those of RFC 6749; Databricks sends `access_denied` with "Scopes 'all-apis' are not assigned." (databricks-sql-go,
 * issue 476).
 *
 * @param hasClientSecret Whether the run signs in with a client secret, not with an OIDC token.
 */
export function refusedScopeAdvice(error: WorkspaceError, hasClientSecret: boolean): string | undefined {
  const { errorCode, serverMessage = '' } = error.details
  const isScope =
    errorCode === 'invalid_scope' || (errorCode === 'access_denied' && /\bscopes?\b/i.test(serverMessage))
  if (!isScope) return undefined
  const names = knownScopes([...serverMessage.matchAll(/'([^']{1,64})'/g)].map(([, name = '']) => name))
  const refused = names === '' ? 'an API scope of the input oauth-scopes' : `the API scope ${names}`
  if (errorCode === 'invalid_scope') {
    return (
      `The workspace does not give ${refused}. Check the spelling in the input oauth-scopes. If the workspace has only the ` +
      'API scope all-apis, remove this input.'
    )
  }
  const problem = `The ${hasClientSecret ? 'client secret' : 'service principal'} does not have ${refused}.`
  if (names !== '' && !names.includes(ALL_APIS)) {
    const create = hasClientSecret ? 'Create a client secret that has it, or remove' : 'Remove'
    return `${problem} ${create} it from the input oauth-scopes if this run does not need it.`
  }
  const create = hasClientSecret ? ' Or create a client secret with the API scope all-apis.' : ''
  return `${problem} Set the input oauth-scopes to API scopes that it has: ${SCOPES_OF_STORES}.${create}`
}

/** An addition to other advice if the token endpoint answers `access_denied` and does not mention scopes; else empty. */
export function possibleScopeAdvice(error: WorkspaceError): string {
  return error.hasErrorCode('access_denied')
    ? ' The API scopes in the input oauth-scopes may also be more than the workspace gives to this run.'
    : ''
}

/**
 * Says what to change if the token does not have the API scope that a call requires; undefined for other errors. Databricks
 * writes "Provided OAuth token does not have required scopes: unity-catalog", or "Provided access token" for a personal one
 * (observed).
 */
export function missingScopeAdvice(serverMessage: string): string | undefined {
  const [, list] = /\btoken does not have required scopes\b:?(.{0,200})/s.exec(serverMessage) ?? []
  if (list === undefined) return undefined
  const names = knownScopes(list.split(/[^\w.:-]+/).map((name) => name.replace(/[.:]+$/, '')))
  const missing = names === '' ? 'the API scope that this call requires' : `the API scope ${names}`
  return (
    `The token of this run does not have ${missing}. Add it to the input oauth-scopes, and to the client secret if that has ` +
    'single API scopes. If the token is a personal access token, create one with this API scope.'
  )
}

function knownScopes(names: readonly string[]): string {
  return [...new Set(names)].filter((name) => KNOWN_SCOPES.has(name)).join(', ')
}

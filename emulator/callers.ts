import type { AccessTokens } from './access-tokens.js'
import { credentialMissing, tokenExpired, tokenInvalid } from './errors.js'
import type { Identity, Principal } from './identities.js'

/** The principal that calls the workspace. */
export interface Caller extends Principal {
  /** Whether the token was one of Entra, which a key vault takes. */
  readonly viaEntra: boolean
  /** The API scopes that the token is limited to; absent where it is not limited. */
  readonly apiScopes?: readonly string[] | undefined
}

/** The tokens that a workspace accepts. */
export interface CallerSources {
  /** With their personal access tokens. */
  readonly identities: readonly Identity[]
  /** The principals that an access token can belong to. */
  readonly people: readonly Principal[]
  /** The workspace's own access tokens. */
  readonly tokens: AccessTokens
  /** Those of Entra; undefined if the workspace takes none. */
  readonly entraTokens: AccessTokens | undefined
}

/**
 * Returns the principal of the bearer token in an `Authorization` header.
 *
 * @throws ApiError 401 without a bearer token, or if it has expired or was revoked; 403 if it belongs to no principal (also, as an
 * assumption: if it is one of Entra for an app that is not in the workspace). All with a number as error_code (seen)
 */
export function callerOf(authorization: string | undefined, sources: CallerSources): Caller {
  const token = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1]
  if (token === undefined) throw credentialMissing()
  const identity = sources.identities.find((candidate) => candidate.token === token)
  if (identity !== undefined) return { ...identity, viaEntra: false }
  const own = sources.tokens.find(token)
  const found = own ?? sources.entraTokens?.find(token)
  const principal = sources.people.find(({ name }) => name === found?.holder)
  if (found === undefined || principal === undefined) throw tokenInvalid()
  if (!found.works) throw tokenExpired()
  return { ...principal, viaEntra: own === undefined, apiScopes: found.apiScopes }
}

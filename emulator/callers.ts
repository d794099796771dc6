import type { AccessTokens } from './access-tokens.js'
import { credentialMissing, tokenExpired, tokenInvalid } from './errors.js'
import type { Identity, Principal } from './identities.js'

/** Somebody who calls the workspace. */
export interface Caller extends Principal {
  /** Whether the token was one of Entra, which a key vault takes. */
  readonly viaEntra: boolean
  /** The API scopes that the token is limited to; absent where it is not limited. */
  readonly apiScopes?: readonly string[] | undefined
}

/** Whose tokens a workspace takes. */
export interface CallerSources {
  /** With their personal access tokens. */
  readonly identities: readonly Identity[]
  /** All whom an access token can stand for. */
  readonly people: readonly Principal[]
  /** The workspace's own access tokens. */
  readonly tokens: AccessTokens
  /** Those of Entra; undefined if the workspace takes none. */
  readonly entraTokens: AccessTokens | undefined
}

/**
 * Tells whose bearer token an `Authorization` header holds.
 *
 * @throws ApiError 401 without a bearer token, or if it has expired or was revoked; 403 if nobody has it (also, as an
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

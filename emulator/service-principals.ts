import type { Principal } from './identities.js'
import type { KeySource, Trust } from './verify-jwt.js'

/** Tokens of which issuer are taken, and how (Databricks calls it an OIDC federation policy). */
export type FederationPolicy = KeySource & {
  /** The claim `iss`, exactly. */
  readonly issuer: string
  /** The token's `aud` has to have one of these; default the account id alone. */
  readonly audiences?: readonly string[]
  /** The claim that names the subject; default `sub`. */
  readonly subjectClaim?: string
}

/** A federation policy of one service principal. A token that matches it authenticates as that principal. */
export type ServicePrincipalPolicy = FederationPolicy & {
  /** What the subject claim has to be, exactly. */
  readonly subject: string
}

/** A program's identity in the workspace. */
export interface ServicePrincipal {
  /** A UUID: the client id, and the name in ACLs. With Entra, the app's client id is the same. */
  readonly applicationId: string
  /** OAuth secrets, clearly fake ones; default none. */
  readonly clientSecrets?: readonly string[]
  /** Display names of the groups that it is in; `users` goes without saying. */
  readonly groups?: readonly string[]
  /** A workspace admin has MANAGE on every scope. */
  readonly admin?: boolean
  /** The API scopes that its secrets and policies are limited to; default no limit. */
  readonly apiScopes?: readonly string[]
  /** Which tokens of others stand for it; default none. */
  readonly policies?: readonly ServicePrincipalPolicy[]
}

/** The principal of the workspace for a service principal. */
export function principalOf({ applicationId, groups = [], admin = false }: ServicePrincipal): Principal {
  return { name: applicationId, groups, admin }
}

/** A policy as what a JWT is verified against. */
export function trustOf(policy: FederationPolicy | ServicePrincipalPolicy, accountId: string): Trust {
  const { audiences = [], ...rest } = policy
  return { ...rest, audiences: audiences.length > 0 ? audiences : [accountId] }
}

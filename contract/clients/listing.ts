import type { Answers, DescribedSecret, ListedGrant, ListedScope, ListedSecret } from '../operations.js'

/** A scope as `scopes/list` has it. */
export interface WireScope {
  readonly name: string
  readonly backend_type: string
  readonly keyvault_metadata?: { readonly dns_name: string }
}

/** A secret as `secrets/list` has it. */
export interface WireSecret {
  readonly key: string
  readonly last_updated_timestamp: number
}

/** Scopes as clients print them that translate no field of the answer. */
export function scopesOf(listed: readonly WireScope[] = []): ListedScope[] {
  return listed.map(({ name, backend_type: backend, keyvault_metadata: vault }) => ({
    name,
    backend,
    ...(vault === undefined ? {} : { vault: vault.dns_name }),
  }))
}

/** Secrets as clients print them that translate no field of the answer. */
export function secretsOf(listed: readonly WireSecret[] = []): ListedSecret[] {
  return listed.map(({ key, last_updated_timestamp: lastUpdated }) => ({ key, lastUpdated }))
}

/** A Unity Catalog secret as an answer has it. */
export interface WireCatalogSecret {
  readonly full_name: string
  readonly owner: string
  readonly comment?: string
  readonly expire_time?: string
}

/** A Unity Catalog secret as a client prints it that translates no field of the answer. */
export function catalogSecretOf(wire: WireCatalogSecret): DescribedSecret {
  const { full_name: fullName, owner, comment, expire_time: expireTime } = wire
  return {
    fullName,
    owner,
    ...(comment === undefined ? {} : { comment }),
    ...(expireTime === undefined ? {} : { expireTime: wholeSeconds(expireTime) }),
  }
}

/** A time of RFC 3339 in UTC, without fractions of a second. */
export function wholeSeconds(time: string): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`
}

/** Grants as an answer has them, in the order of principals. */
export function grantsOf(assignments: readonly ListedGrant[] = []): ListedGrant[] {
  return assignments
    .map(({ principal, privileges }) => ({ principal, privileges: [...privileges].sort() }))
    .sort((one, other) => (one.principal < other.principal ? -1 : 1))
}

/** The caller as SCIM's `Me` describes it. */
export function callerOf(me: {
  readonly userName?: string
  readonly groups?: readonly { readonly display?: string }[]
}): Answers['whoAmI'] {
  return { name: me.userName ?? '', groups: (me.groups ?? []).map(({ display = '' }) => display) }
}

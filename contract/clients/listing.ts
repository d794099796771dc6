import type { ListedScope, ListedSecret } from '../operations.js'

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

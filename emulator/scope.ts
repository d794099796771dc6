import { doesNotExist, invalidParameter, limitExceeded } from './errors.js'
import { caseless, checkKey } from './names.js'
import type { Permission } from './permissions.js'

/** The maximum size of a stored value, in bytes (REST reference). */
export const MAX_VALUE_BYTES = 131_072
/** The maximum number of secrets in a scope (REST reference). */
export const MAX_SECRETS = 1_000

/** A stored secret. */
export interface Secret {
  /** In the spelling of its first write. */
  readonly key: string
  readonly value: Buffer
  /** Milliseconds since the epoch. */
  readonly lastUpdated: number
}

/** The Azure Key Vault of a scope, as `scopes/list` returns it. */
export interface KeyVault {
  readonly resource_id: string
  readonly dns_name: string
}

/** Returns a vault with this name, in a subscription that does not exist. */
export function keyVaultNamed(name: string): KeyVault {
  const group = '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/emulator'
  return {
    resource_id: `${group}/providers/Microsoft.KeyVault/vaults/${name}`,
    dns_name: `https://${name}.vault.azure.net/`,
  }
}

/** A secret scope: its secrets and ACLs. Its methods check the limits, but no permissions. */
export class Scope {
  /** In the spelling with which it was created. */
  readonly name: string
  /** The vault that backs the scope and makes it read-only; usually none. */
  readonly keyVault: KeyVault | undefined
  /** The permission of each principal. */
  readonly acls: Map<string, Permission>
  readonly #secrets = new Map<string, Secret>()

  constructor(name: string, acls: Iterable<readonly [string, Permission]>, keyVault?: KeyVault) {
    this.name = name
    this.acls = new Map(acls)
    this.keyVault = keyVault
  }

  /** All secrets, in the order of their first write. */
  get secrets(): Secret[] {
    return [...this.#secrets.values()]
  }

  /** Returns the secret of this key, case-insensitive, or undefined. */
  secret(key: string): Secret | undefined {
    return this.#secrets.get(caseless(key))
  }

  /**
   * Stores a value (a string as UTF-8) under a key. An existing key keeps its spelling.
   *
   * @throws ApiError INVALID_PARAMETER_VALUE for an invalid key or more than `MAX_VALUE_BYTES`; RESOURCE_LIMIT_EXCEEDED
   * for a new key beyond `MAX_SECRETS`
   */
  put(key: string, value: string | Buffer, lastUpdated = Date.now()): void {
    checkKey(key)
    const bytes = Buffer.from(value)
    if (bytes.length > MAX_VALUE_BYTES) {
      throw invalidParameter(`The value has ${bytes.length} bytes; at most ${MAX_VALUE_BYTES} are allowed.`)
    }
    const earlier = this.secret(key)
    if (earlier === undefined && this.#secrets.size >= MAX_SECRETS) {
      throw limitExceeded(`Scope ${this.name} has ${MAX_SECRETS} secrets already.`)
    }
    this.#secrets.set(caseless(key), { key: earlier?.key ?? key, value: bytes, lastUpdated })
  }

  /** Stores a value under a key that a write would reject, but that lists may contain: `folder/KEY` (observed). */
  addFound(key: string, value: string | Buffer, lastUpdated = Date.now()): void {
    this.#secrets.set(caseless(key), { key, value: Buffer.from(value), lastUpdated })
  }

  /**
   * Removes the secret of this key, case-insensitive.
   *
   * @throws ApiError RESOURCE_DOES_NOT_EXIST
   */
  delete(key: string): void {
    if (!this.#secrets.delete(caseless(key))) {
      throw doesNotExist(`Secret does not exist with scope: ${this.name} and key: ${key}`)
    }
  }
}

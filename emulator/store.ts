import { doesNotExist, limitExceeded, scopeAlreadyExists } from './errors.js'
import { caseless, checkScopeName } from './names.js'
import type { Permission } from './permissions.js'
import { Scope, type KeyVault } from './scope.js'

/** The most scopes that a workspace holds (REST reference). */
export const MAX_SCOPES = 1_000

/** What a scope starts with. */
export interface ScopeContent {
  /** The permissions by principal. Default: `users` have MANAGE. */
  readonly acls?: Readonly<Record<string, Permission>>
  /** The vault behind it; default none. */
  readonly keyVault?: KeyVault
  /** Values by key, strings as UTF-8. */
  readonly secrets?: Readonly<Record<string, string | Buffer>>
}

/** The secret scopes of a workspace. Its methods check names and limits, but no permissions. */
export class SecretStore {
  readonly #scopes = new Map<string, Scope>()

  /** All scopes, in the order of their creation. */
  get scopes(): Scope[] {
    return [...this.#scopes.values()]
  }

  /** Whether there is a scope with that name, case-insensitive. */
  has(name: string): boolean {
    return this.#scopes.has(caseless(name))
  }

  /**
   * The scope with that name, case-insensitive.
   *
   * @throws ApiError RESOURCE_DOES_NOT_EXIST
   */
  scope(name: string): Scope {
    const scope = this.#scopes.get(caseless(name))
    if (scope === undefined) throw doesNotExist(`Scope ${name} does not exist!`)
    return scope
  }

  /**
   * The content of a scope, in the format of `createScope`: a copy, to compare it with the expected content. The keys are in
   * the spelling of their first puts.
   *
   * @throws ApiError RESOURCE_DOES_NOT_EXIST
   */
  content(name: string): { acls: Record<string, Permission>; secrets: Record<string, Buffer> } {
    const { acls, secrets } = this.scope(name)
    return {
      acls: Object.fromEntries(acls),
      secrets: Object.fromEntries(secrets.map(({ key, value }) => [key, Buffer.from(value)])),
    }
  }

  /**
   * Creates a scope, also one of a key vault.
   *
   * @throws ApiError INVALID_PARAMETER_VALUE for the name, RESOURCE_ALREADY_EXISTS, RESOURCE_LIMIT_EXCEEDED beyond
   * `MAX_SCOPES`; or what `Scope.put` throws
   */
  createScope(
    name: string,
    { acls = { users: 'MANAGE' }, keyVault, secrets = {} }: ScopeContent = {},
  ): Scope {
    checkScopeName(name)
    if (this.has(name)) throw scopeAlreadyExists(name)
    if (this.#scopes.size >= MAX_SCOPES) {
      throw limitExceeded(`The workspace has ${MAX_SCOPES} secret scopes already.`)
    }
    const scope = new Scope(name, Object.entries(acls), keyVault)
    for (const [key, value] of Object.entries(secrets)) scope.put(key, value)
    this.#scopes.set(caseless(name), scope)
    return scope
  }

  /**
   * Deletes a scope with all that is in it.
   *
   * @throws ApiError RESOURCE_DOES_NOT_EXIST
   */
  deleteScope(name: string): void {
    this.#scopes.delete(caseless(this.scope(name).name))
  }
}

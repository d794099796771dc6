import { SecretValue } from '../secret-value.js'

import type { JsonObject } from './response.js'
import type { Permission } from './permission.js'
import type { CallOptions } from './http/request-scheduler.js'
import type { WorkspaceClient } from './workspace-client.js'
import { WorkspaceError } from './workspace-error.js'

/** A secret scope, as the workspace lists it. */
export interface ListedScope {
  /** Its name in the workspace's own spelling; names are not case-sensitive. */
  readonly name: string
  /** What stores its secrets. A scope that a key vault backs is read-only through this API. */
  readonly backend: 'DATABRICKS' | 'AZURE_KEYVAULT'
  /** The vault's name, where a key vault backs the scope and the workspace says which. */
  readonly vault?: string
}

/** A key of a scope, as the workspace lists it. */
export interface ListedKey {
  /** In the workspace's own spelling; keys are not case-sensitive. */
  readonly name: string
  /** When it was last put, in ms since the epoch; undefined where the workspace does not say it as a number over 0. */
  readonly lastUpdated: number | undefined
}

/** What a principal may do in a scope, as the workspace lists it. */
export interface ListedPermission {
  readonly principal: string
  /** Any word: the workspace may know more of them than this API's reference, so it is compared and never trusted. */
  readonly permission: string
}

/** The calls of the Secrets API, version 2.0, as the REST reference gives them. None of them has pages. */
export class SecretsApi {
  readonly #client: WorkspaceClient

  constructor(client: WorkspaceClient) {
    this.#client = client
  }

  /**
   * Lists the scopes of the workspace; any user may.
   *
   * @throws {WorkspaceError}
   */
  async listScopes(): Promise<ListedScope[]> {
    const { scopes } = await this.#client.get('/api/2.0/secrets/scopes/list')
    return objectsOf(scopes).map((scope) => {
      const vault = vaultOf(scope)
      return {
        name: nameOf(scope['name']),
        backend: scope['backend_type'] === 'AZURE_KEYVAULT' ? 'AZURE_KEYVAULT' : 'DATABRICKS',
        ...(vault !== undefined && { vault }),
      }
    })
  }

  /**
   * Creates a scope.
   *
   * @param principal Who manages it: `users`, everybody in the workspace, or without one whoever creates it.
   * @throws {WorkspaceError} `RESOURCE_ALREADY_EXISTS` where the workspace has it, also where an earlier attempt, whose
   * answer was lost, may have created it (`leavesOpen`); `BAD_REQUEST` on the Standard plan without a principal; an empty answer, which does not say that there is a scope now.
   */
  async createScope(scope: string, principal?: 'users'): Promise<void> {
    const body = { scope, ...(principal !== undefined && { initial_manage_principal: principal }) }
    await this.#client.post('/api/2.0/secrets/scopes/create', body, { mayBeEmpty: false })
  }

  /**
   * Lists the keys of a scope; needs READ.
   *
   * @throws {WorkspaceError} `RESOURCE_DOES_NOT_EXIST` where there is no such scope.
   */
  async listKeys(scope: string): Promise<ListedKey[]> {
    const { secrets } = await this.#client.get('/api/2.0/secrets/list', { scope })
    return objectsOf(secrets).map(({ key, last_updated_timestamp: updated }) => ({
      name: nameOf(key),
      lastUpdated: typeof updated === 'number' && updated > 0 ? updated : undefined,
    }))
  }

  /**
   * Reads a secret, in bytes whichever way it was put; needs READ.
   *
   * @throws {WorkspaceError} `BAD_REQUEST` where the workspace allows it in notebooks only, `RESOURCE_DOES_NOT_EXIST`
   * where there is no such secret.
   */
  async getSecret(scope: string, key: string, options?: CallOptions): Promise<SecretValue> {
    const { value } = await this.#client.get('/api/2.0/secrets/get', { scope, key }, options)
    const bytes = typeof value === 'string' ? Buffer.from(value, 'base64') : undefined
    // Node skips what it cannot decode, and a value that is compared must not be a guess.
    if (bytes === undefined || bytes.toString('base64') !== value)
      throw new WorkspaceError('unexpected-response')
    return new SecretValue(bytes)
  }

  /**
   * Puts a secret, over the one that may be there; needs WRITE. It may be repeated.
   *
   * @param content Text, which is stored as UTF-8, or bytes; 131,072 bytes at most.
   * @throws {WorkspaceError}
   */
  async putSecret(
    scope: string,
    key: string,
    content: string | Buffer,
    options?: CallOptions,
  ): Promise<void> {
    const value =
      typeof content === 'string' ? { string_value: content } : { bytes_value: content.toString('base64') }
    await this.#client.post('/api/2.0/secrets/put', { scope, key, ...value }, options)
  }

  /**
   * Deletes a secret; needs WRITE. It may be repeated.
   *
   * @throws {WorkspaceError} `RESOURCE_DOES_NOT_EXIST` where there is no such secret (any more: an earlier try may have
   * deleted it), or no such scope.
   */
  async deleteSecret(scope: string, key: string, options?: CallOptions): Promise<void> {
    await this.#client.post('/api/2.0/secrets/delete', { scope, key }, options)
  }

  /**
   * Lists who may do what in a scope; needs MANAGE. Workspace admins may do everything without being listed.
   *
   * @throws {WorkspaceError} `PERMISSION_DENIED` without MANAGE; on the Standard plan, where there are no permissions, a
   * refusal that the reference says nothing more about.
   */
  async listPermissions(scope: string): Promise<ListedPermission[]> {
    const { items } = await this.#client.get('/api/2.0/secrets/acls/list', { scope })
    return objectsOf(items).map(({ principal, permission }) => ({
      principal: nameOf(principal),
      permission: nameOf(permission),
    }))
  }

  /**
   * Gives a principal a permission, in place of the one that it may have; needs MANAGE. It may be repeated, but two of
   * them must not be in flight at once: some have been seen to get lost (terraform-provider-databricks, issue 4195).
   *
   * @param principal A user's e-mail, a group's display name, or a service principal's application id.
   * @throws {WorkspaceError} `INVALID_PARAMETER_VALUE` for a principal that the workspace does not know.
   */
  async putPermission(scope: string, principal: string, permission: Permission): Promise<void> {
    await this.#client.post('/api/2.0/secrets/acls/put', { scope, principal, permission })
  }
}

/** A list's field is absent when the list is empty. */
function objectsOf(field: unknown): JsonObject[] {
  if (field === undefined) return []
  if (!Array.isArray(field)) throw new WorkspaceError('unexpected-response')
  return field.map((item: unknown) => {
    if (typeof item !== 'object' || item === null) throw new WorkspaceError('unexpected-response')
    return item as JsonObject
  })
}

function nameOf(field: unknown): string {
  if (typeof field !== 'string') throw new WorkspaceError('unexpected-response')
  return field
}

/**
 * The vault's name is the last part of its resource id, and the first label of its DNS name. It is 3 to 24 letters,
 * digits and hyphens (Azure); anything else is not taken for one.
 */
function vaultOf({ keyvault_metadata: metadata }: JsonObject): string | undefined {
  const { resource_id: id, dns_name: dnsName } = (metadata ?? {}) as JsonObject
  const names = [
    typeof id === 'string' ? id.split('/').at(-1) : undefined,
    typeof dnsName === 'string' ? /^(?:https:\/\/)?([^./]+)/.exec(dnsName)?.[1] : undefined,
  ]
  return names.find((name) => name !== undefined && /^[A-Za-z0-9-]{3,24}$/.test(name))
}

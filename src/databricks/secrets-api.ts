import { SecretValue } from '../secret-value.js'
import type { CallOptions } from './http/request-scheduler.js'
import type { JsonObject } from './response.js'
import { parseName, parseObjects } from './response-fields.js'
import type { WorkspaceClient } from './workspace-client.js'
import { WorkspaceError } from './workspace-error.js'

/** A secret scope in a list of the workspace. */
export interface ListedScope {
  /** The name in the workspace's spelling. Names are case-insensitive. */
  readonly name: string
  /** Where its secrets are stored. A scope backed by Azure Key Vault is read-only in this API. */
  readonly backend: 'DATABRICKS' | 'AZURE_KEYVAULT'
  /** The name of the Azure Key Vault, if the workspace returned it. */
  readonly vault?: string
}

/** A key in a list of the workspace. */
export interface ListedKey {
  /** The key in the workspace's spelling. Keys are case-insensitive. */
  readonly name: string
  /** When it was last written, in ms since the epoch. Undefined if the workspace returns no number above 0. */
  readonly lastUpdated: number | undefined
}

/** A permission of a principal on a scope, in a list of the workspace. */
export interface ListedPermission {
  readonly principal: string
  /** Any text: the workspace may know more permissions than the API reference. So compare it, and do not print it. */
  readonly permission: string
}

/** The calls of the Secrets API 2.0, as in the REST reference. None of them is paginated. */
export class SecretsApi {
  readonly #client: WorkspaceClient

  constructor(client: WorkspaceClient) {
    this.#client = client
  }

  /**
   * Lists the scopes of the workspace. Needs no permission.
   *
   * @throws {WorkspaceError}
   */
  async listScopes(): Promise<ListedScope[]> {
    const { scopes } = await this.#client.get('/api/2.0/secrets/scopes/list')
    return parseObjects(scopes).map((scope) => {
      const vault = parseVaultName(scope)
      return {
        name: parseName(scope['name']),
        backend: scope['backend_type'] === 'AZURE_KEYVAULT' ? 'AZURE_KEYVAULT' : 'DATABRICKS',
        ...(vault !== undefined && { vault }),
      }
    })
  }

  /**
   * Creates a scope.
   *
   * @param principal The principal that gets MANAGE: `users` for everyone in the workspace. Default: the identity of this
   * run.
   * @throws {WorkspaceError} `RESOURCE_ALREADY_EXISTS` if the scope exists, also if an earlier try created it and its
   * response was lost (`earlierTryMayBeApplied`). `BAD_REQUEST` on the Standard plan without a principal. `unexpected-response`
   * for an empty response, which does not show that the scope exists.
   */
  async createScope(scope: string, principal?: 'users'): Promise<void> {
    const body = { scope, ...(principal !== undefined && { initial_manage_principal: principal }) }
    await this.#client.post('/api/2.0/secrets/scopes/create', body, { allowEmptyResponse: false })
  }

  /**
   * Lists the keys of a scope. Needs READ.
   *
   * @throws {WorkspaceError} `RESOURCE_DOES_NOT_EXIST` if the scope does not exist.
   */
  async listKeys(scope: string): Promise<ListedKey[]> {
    const { secrets } = await this.#client.get('/api/2.0/secrets/list', { scope })
    return parseObjects(secrets).map(({ key, last_updated_timestamp: updated }) => ({
      name: parseName(key),
      lastUpdated: typeof updated === 'number' && updated > 0 ? updated : undefined,
    }))
  }

  /**
   * Reads a secret as bytes. Needs READ.
   *
   * @throws {WorkspaceError} `BAD_REQUEST` if the workspace allows reads only in notebooks. `RESOURCE_DOES_NOT_EXIST` if the
   * secret does not exist.
   */
  async getSecret(scope: string, key: string, options?: CallOptions): Promise<SecretValue> {
    const { value } = await this.#client.get(
      '/api/2.0/secrets/get',
      { scope, key },
      { ...options, readsValue: true },
    )
    const bytes = typeof value === 'string' ? Buffer.from(value, 'base64') : undefined
    // Node skips invalid characters of base64. Then the decoded value would be wrong.
    if (bytes === undefined || bytes.toString('base64') !== value)
      throw new WorkspaceError('unexpected-response')
    return new SecretValue(bytes)
  }

  /**
   * Writes a secret, and replaces an existing one. Needs WRITE. Safe to repeat.
   *
   * @param content Text, which is stored as UTF-8, or bytes. At most 131,072 bytes.
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
   * Deletes a secret. Needs WRITE. Safe to repeat.
   *
   * @throws {WorkspaceError} `RESOURCE_DOES_NOT_EXIST` if the scope or the secret does not exist. An earlier try may have
   * deleted the secret.
   */
  async deleteSecret(scope: string, key: string, options?: CallOptions): Promise<void> {
    await this.#client.post('/api/2.0/secrets/delete', { scope, key }, options)
  }

  /**
   * Lists the permissions on a scope. Needs MANAGE. Workspace admins have all permissions without being listed.
   *
   * @throws {WorkspaceError} `PERMISSION_DENIED` without MANAGE. On the Standard plan, which has no permissions, an error
   * that the REST reference does not specify.
   */
  async listPermissions(scope: string): Promise<ListedPermission[]> {
    const { items } = await this.#client.get('/api/2.0/secrets/acls/list', { scope })
    return parseObjects(items).map(({ principal, permission }) => ({
      principal: parseName(principal),
      permission: parseName(permission),
    }))
  }

  /**
   * Grants a principal a permission, and replaces an existing one. Needs MANAGE. Safe to repeat. Never send two of these
   * calls at the same time: some permissions were lost that way (terraform-provider-databricks, issue 4195).
   *
   * @param principal The e-mail address of a user, the display name of a group, or the application id of a service
   * principal.
   * @param permission `READ`, `WRITE` or `MANAGE`.
   * @throws {WorkspaceError} `INVALID_PARAMETER_VALUE` if the workspace does not know the principal.
   */
  async putPermission(scope: string, principal: string, permission: string): Promise<void> {
    await this.#client.post('/api/2.0/secrets/acls/put', { scope, principal, permission })
  }

  /**
   * Removes the permission of a principal. Needs MANAGE. Safe to repeat. Never send it at the same time as another change of
   * permissions: see {@link putPermission}.
   *
   * @param principal The principal in the spelling of {@link listPermissions}.
   * @throws {WorkspaceError} `RESOURCE_DOES_NOT_EXIST` if the principal has no permission, also if an earlier try removed it,
   * or if the scope does not exist.
   */
  async deletePermission(scope: string, principal: string): Promise<void> {
    await this.#client.post('/api/2.0/secrets/acls/delete', { scope, principal })
  }
}

/**
 * Returns the vault's name: the last part of its resource id, or the first label of its DNS name. It has 3 to 24 letters,
 * digits and hyphens (Azure). Anything else is ignored.
 */
function parseVaultName({ keyvault_metadata: metadata }: JsonObject): string | undefined {
  const { resource_id: id, dns_name: dnsName } = (metadata ?? {}) as JsonObject
  const names = [
    typeof id === 'string' ? id.split('/').at(-1) : undefined,
    typeof dnsName === 'string' ? /^(?:https:\/\/)?([^./]+)/.exec(dnsName)?.[1] : undefined,
  ]
  return names.find((name) => name !== undefined && /^[A-Za-z0-9-]{3,24}$/.test(name))
}

import type { JsonObject } from './answer.js'
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
   * @throws {WorkspaceError} `RESOURCE_ALREADY_EXISTS` where the workspace has it; `BAD_REQUEST` on the Standard plan
   * without a principal.
   */
  async createScope(scope: string, principal?: 'users'): Promise<void> {
    await this.#client.post(
      '/api/2.0/secrets/scopes/create',
      { scope, ...(principal !== undefined && { initial_manage_principal: principal }) },
      { doneIf: 'RESOURCE_ALREADY_EXISTS' },
    )
  }

  /**
   * Lists the keys of a scope, in the workspace's own spelling; needs READ.
   *
   * @throws {WorkspaceError} `RESOURCE_DOES_NOT_EXIST` where there is no such scope.
   */
  async listKeys(scope: string): Promise<string[]> {
    const { secrets } = await this.#client.get('/api/2.0/secrets/list', { scope })
    return objectsOf(secrets).map(({ key }) => nameOf(key))
  }

  /**
   * Puts a secret, over the one that may be there; needs WRITE. It may be repeated.
   *
   * @param content Text, which is stored as UTF-8, or bytes; 131,072 bytes at most.
   * @throws {WorkspaceError}
   */
  async putSecret(scope: string, key: string, content: string | Buffer): Promise<void> {
    const value =
      typeof content === 'string' ? { string_value: content } : { bytes_value: content.toString('base64') }
    await this.#client.post('/api/2.0/secrets/put', { scope, key, ...value })
  }
}

/** A list's field is absent when the list is empty. */
function objectsOf(field: unknown): JsonObject[] {
  if (field === undefined) return []
  if (!Array.isArray(field)) throw new WorkspaceError('foreign')
  return field.map((item: unknown) => {
    if (typeof item !== 'object' || item === null) throw new WorkspaceError('foreign')
    return item as JsonObject
  })
}

function nameOf(field: unknown): string {
  if (typeof field !== 'string') throw new WorkspaceError('foreign')
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

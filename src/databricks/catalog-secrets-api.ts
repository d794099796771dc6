import { SecretValue } from '../secret-value.js'
import type { CallOptions } from './http/request-scheduler.js'
import type { JsonObject } from './response.js'
import { parseName, parseObjects } from './response-fields.js'
import type { WorkspaceClient } from './workspace-client.js'
import { WorkspaceError } from './workspace-error.js'

/** The parts of a schema's name `catalog.schema`, without backticks. Names are case-insensitive. */
export interface SchemaName {
  readonly catalog: string
  readonly schema: string
}

/** A schema of Unity Catalog. */
export interface CatalogSchema {
  readonly owner: string | undefined
  /** The id of the metastore. Workspaces with the same metastore have the same catalogs. */
  readonly metastoreId: string | undefined
}

/** A secret of Unity Catalog without its value. Times are in ms since the epoch, and undefined if the response has no such time. */
export interface CatalogSecret {
  /** The name in lower case, without those of the catalog and the schema. */
  readonly name: string
  /** The principal that owns it: `effective_owner`, otherwise `owner`. */
  readonly owner: string | undefined
  readonly comment: string | undefined
  readonly createTime: number | undefined
  readonly updateTime: number | undefined
  /** Only information: nothing happens at this time. */
  readonly expireTime: number | undefined
  readonly metastoreId: string | undefined
}

/** What an update changes. At least one field is required; a missing field stays unchanged. */
export interface SecretChanges {
  /** Text of at most 61,440 bytes in UTF-8. */
  readonly value?: SecretValue
  readonly comment?: string
  /** A user, a group, or the application id of a service principal. Only the owner or a manager may change it. */
  readonly owner?: string
  /** In ms since the epoch. */
  readonly expireTime?: number
}

/** The content of a new secret. */
export type NewSecret = SecretChanges & Required<Pick<SecretChanges, 'value'>>

/** What grants are on. */
export type SecurableType = 'schema' | 'secret'

/** The privileges of one principal on a securable itself, without inherited ones. */
export interface Grant {
  readonly principal: string
  /** In the API's spelling, such as `READ_SECRET`. Any text: so compare them, and do not print them. */
  readonly privileges: readonly string[]
}

/** A change to the privileges of one principal, in the API's spelling, such as `READ_SECRET`. */
export interface GrantChange {
  readonly principal: string
  readonly add?: readonly string[]
  readonly remove?: readonly string[]
}

const SECRETS = '/api/2.1/unity-catalog/secrets'

/** The most secrets of a page (REST reference). */
const PAGE_SIZE = '1000'

/** The most pages of a list. It is the most secrets of a schema, so a page would have one secret. */
const MAX_PAGES = 1_000

/** The error codes that the error of {@link CatalogSecretsApi.getValue} can have. Any other code might be the value. */
const CODES_OF_READS = new Set([
  '403',
  'BAD_REQUEST',
  'CATALOG_DOES_NOT_EXIST',
  'ENDPOINT_NOT_FOUND',
  'FEATURE_DISABLED',
  'INTERNAL_ERROR',
  'INVALID_PARAMETER_VALUE',
  'PERMISSION_DENIED',
  'REQUEST_LIMIT_EXCEEDED',
  'RESOURCE_DOES_NOT_EXIST',
  'RESOURCE_EXHAUSTED',
  'SCHEMA_DOES_NOT_EXIST',
  'SECRET_DOES_NOT_EXIST',
  'TEMPORARILY_UNAVAILABLE',
  'UC_SECRETS_NOT_ENABLED',
  'UNAUTHORIZED_ACCESS',
])

/** The calls of Unity Catalog 2.1 for secrets, for their schema, and for grants on both, as in the REST reference. */
export class CatalogSecretsApi {
  readonly #client: WorkspaceClient

  constructor(client: WorkspaceClient) {
    this.#client = client
  }

  /**
   * Reads a schema. Needs USE SCHEMA on it, and USE CATALOG on its catalog.
   *
   * @throws {WorkspaceError} `SCHEMA_DOES_NOT_EXIST`, `CATALOG_DOES_NOT_EXIST` or `RESOURCE_DOES_NOT_EXIST` if it does not
   * exist or is not visible to this identity.
   */
  async getSchema(schema: SchemaName): Promise<CatalogSchema> {
    const path = `/api/2.1/unity-catalog/schemas/${encodeURIComponent(fullName(schema))}`
    const json = await this.#client.get(path, {}, { call: 'unity-catalog/schemas/get' })
    if (!isSameName(json['name'], schema.schema) || !isOf(json, 'catalog_name', schema.catalog))
      throw new WorkspaceError('unexpected-response')
    return { owner: textOf(json['owner']), metastoreId: textOf(json['metastore_id']) }
  }

  /**
   * Lists the secrets of a schema that this identity owns or manages; a metastore admin gets all. So a secret that is not
   * listed may exist. Reads all pages, each with one request.
   *
   * @throws {WorkspaceError} also `unexpected-response` for a repeated page token, more than 1,000 pages, or secrets of
   * another schema.
   */
  async listSecrets(schema: SchemaName): Promise<CatalogSecret[]> {
    const query = { catalog_name: schema.catalog, schema_name: schema.schema, page_size: PAGE_SIZE }
    const items = await this.#listPages(SECRETS, query, 'unity-catalog/secrets/list', 'secrets')
    // A secret may be on two pages if another one was deleted meanwhile.
    const byName = new Map(items.map((item) => parseSecret(item, schema)).map((one) => [one.name, one]))
    return [...byName.values()]
  }

  /**
   * Creates a secret. Needs CREATE SECRET, USE SCHEMA and USE CATALOG. It replaces no existing secret.
   *
   * @throws {WorkspaceError} for which {@link isAlreadyExists} is true if the secret exists, also if it is not listed. If
   * `earlierTryMayBeApplied` is true, an earlier try of this call, whose response was lost, may have created it: then
   * update the value. `unexpected-response` if the response is not that secret: then it may or may not be created.
   * @throws {TypeError} if the value is not text.
   */
  async createSecret(
    schema: SchemaName,
    name: string,
    content: NewSecret,
    options?: CallOptions,
  ): Promise<CatalogSecret> {
    const call = 'unity-catalog/secrets/create'
    const body = { ...nameFields(schema, name), ...changedFields(content) }
    const json = await this.#client.post(SECRETS, body, { ...options, call })
    return parseWritten(json, schema, name, call)
  }

  /**
   * Changes fields of a secret, and leaves the others unchanged. Needs ownership, or WRITE SECRET for the value. Safe to
   * repeat.
   *
   * @returns the secret after the change, with the expire time that it has now.
   * @throws {WorkspaceError} `unexpected-response` if the response is not that secret: then it may or may not be updated.
   * @throws {TypeError} if the value is not text.
   */
  async updateSecret(
    schema: SchemaName,
    name: string,
    changes: SecretChanges,
    options?: CallOptions,
  ): Promise<CatalogSecret> {
    const call = 'unity-catalog/secrets/update'
    const fields = changedFields(changes)
    const json = await this.#client.patch(
      secretPath(schema, name),
      { update_mask: Object.keys(fields).join(',') },
      { ...nameFields(schema, name), ...fields },
      { ...options, call },
    )
    return parseWritten(json, schema, name, call)
  }

  /**
   * Reads a secret without its value. Needs ownership of the secret or MANAGE on it.
   *
   * @throws {WorkspaceError} for which {@link isSecretMissing} is true if the secret does not exist.
   */
  async getSecret(schema: SchemaName, name: string, options?: CallOptions): Promise<CatalogSecret> {
    const call = 'unity-catalog/secrets/get'
    const json = await this.#client.get(secretPath(schema, name), {}, { ...options, call })
    if (!isSameName(json['name'], name)) throw new WorkspaceError('unexpected-response', { call })
    return parseSecret(json, schema)
  }

  /**
   * Reads the value of a secret. Needs READ SECRET, and ownership of the secret or MANAGE on it.
   *
   * @throws {WorkspaceError} without any text of the response except a known error code, because the response may contain
   * the value. `value-missing` if the workspace returns the secret without its value. `unexpected-response` if the value is
   * not text in UTF-8.
   */
  async getValue(schema: SchemaName, name: string, options?: CallOptions): Promise<SecretValue> {
    const details = { call: 'unity-catalog/secrets/get', readsValue: true }
    const { effective_value: value } = await this.#client
      .get(secretPath(schema, name), { include_value: 'true' }, { ...options, ...details })
      .catch((error: unknown) => {
        throw error instanceof WorkspaceError ? error.withoutText(CODES_OF_READS) : error
      })
    // JSON of Protocol Buffers leaves out empty text, and a secret has no empty value.
    if (value === undefined || value === null || value === '')
      throw new WorkspaceError('value-missing', details)
    if (typeof value !== 'string') throw new WorkspaceError('unexpected-response', details)
    const secret = new SecretValue(value)
    // UTF-8 would encode half of a surrogate pair as another character.
    if (!secret.isWellFormed) throw new WorkspaceError('unexpected-response', details)
    return secret
  }

  /**
   * Deletes a secret. Needs ownership. Safe to repeat: if the response of a try was lost and the secret is missing at the
   * next try, it counts as deleted.
   *
   * @throws {WorkspaceError} for which {@link isSecretMissing} is true if the secret does not exist.
   */
  async deleteSecret(schema: SchemaName, name: string, options?: CallOptions): Promise<void> {
    try {
      await this.#client.delete(secretPath(schema, name), {
        ...options,
        call: 'unity-catalog/secrets/delete',
      })
    } catch (error) {
      const isDeleted = isSecretMissing(error) && error.details.earlierTryMayBeApplied === true
      if (!isDeleted) throw error
    }
  }

  /**
   * Lists the grants on a schema or a secret, without inherited ones. Needs ownership or MANAGE. Reads all pages.
   *
   * @param name The full name: see {@link fullName}.
   * @throws {WorkspaceError}
   */
  async listGrants(type: SecurableType, name: string): Promise<Grant[]> {
    const call = 'unity-catalog/permissions/get'
    const items = await this.#listPages(grantsPath(type, name), {}, call, 'privilege_assignments')
    const byPrincipal = new Map<string, string[]>()
    for (const { principal, privileges } of items) {
      const key = parseName(principal)
      if (privileges !== undefined && !Array.isArray(privileges))
        throw new WorkspaceError('unexpected-response')
      const more = ((privileges ?? []) as unknown[]).map(parseName)
      byPrincipal.set(key, [...new Set([...(byPrincipal.get(key) ?? []), ...more])])
    }
    return [...byPrincipal].map(([principal, privileges]) => ({ principal, privileges }))
  }

  /**
   * Changes the grants on a schema or a secret in one request. Needs ownership or MANAGE. Principals and privileges that
   * `changes` does not name stay unchanged. Safe to repeat.
   *
   * @param name The full name: see {@link fullName}.
   * @throws {WorkspaceError} `PRINCIPAL_DOES_NOT_EXIST` or `INVALID_PARAMETER_VALUE` if the workspace does not know a
   * principal.
   */
  async changeGrants(type: SecurableType, name: string, changes: readonly GrantChange[]): Promise<void> {
    const call = 'unity-catalog/permissions/update'
    await this.#client.patch(grantsPath(type, name), {}, { changes }, { call })
  }

  /** Returns the items of all pages. */
  async #listPages(
    path: string,
    query: Readonly<Record<string, string>>,
    call: string,
    field: string,
  ): Promise<JsonObject[]> {
    const items: JsonObject[] = []
    const tokens = new Set<string>()
    let next: Record<string, string> = {}
    while (tokens.size < MAX_PAGES) {
      const json = await this.#client.get(path, { ...query, ...next }, { call })
      items.push(...parseObjects(json[field]))
      const token = json['next_page_token'] ?? ''
      if (token === '') return items
      // With a token for the second time, the list would never end.
      if (typeof token !== 'string' || tokens.has(token)) break
      tokens.add(token)
      next = { page_token: token }
    }
    throw new WorkspaceError('unexpected-response')
  }
}

/** The full name of a schema or of a secret in it, as the API and SQL without backticks write it. */
export function fullName({ catalog, schema }: SchemaName, name?: string): string {
  return [catalog, schema, ...(name === undefined ? [] : [name])].join('.')
}

/** Whether the workspace reports that a secret with this name exists. The exact code is not documented. */
export function isAlreadyExists(error: unknown): error is WorkspaceError {
  return isRefusal(error, /(?:^|_)ALREADY_EXISTS$/)
}

/** Whether the workspace reports that a privilege is missing. The exact code is not documented. */
export function isDenied(error: unknown): error is WorkspaceError {
  return isRefusal(error, /^(?:PERMISSION_DENIED|UNAUTHORIZED_ACCESS)$/)
}

/** Whether the workspace reports that the secret does not exist. The exact code is not documented. */
export function isSecretMissing(error: unknown): error is WorkspaceError {
  return isRefusal(error, /^(?:RESOURCE|SECRET)_DOES_NOT_EXIST$/)
}

function isRefusal(error: unknown, code: RegExp): error is WorkspaceError {
  return (
    error instanceof WorkspaceError &&
    error.failure === 'error-response' &&
    code.test(error.details.errorCode ?? '')
  )
}

function secretPath(schema: SchemaName, name: string): string {
  return `${SECRETS}/${encodeURIComponent(fullName(schema, name))}`
}

function grantsPath(type: SecurableType, name: string): string {
  return `/api/2.1/unity-catalog/permissions/${type}/${encodeURIComponent(name)}`
}

function nameFields({ catalog, schema }: SchemaName, name: string): JsonObject {
  return { catalog_name: catalog, schema_name: schema, name }
}

/** The fields of a request body that `changes` has. Their names are those of the update mask. */
function changedFields({ value, comment, owner, expireTime }: SecretChanges): JsonObject {
  return {
    ...(value !== undefined && { value: textOfValue(value) }),
    ...(comment !== undefined && { comment }),
    ...(owner !== undefined && { owner }),
    ...(expireTime !== undefined && { expire_time: new Date(expireTime).toISOString() }),
  }
}

function textOfValue(value: SecretValue): string {
  if (!value.isText || !value.isWellFormed) throw new TypeError('The value is not text.')
  return value.reveal().toString()
}

/** Parses the response to a write. If it is not that secret, the write may or may not have been applied. */
function parseWritten(json: JsonObject, schema: SchemaName, name: string, call: string): CatalogSecret {
  const isExpected = isSameName(json['name'], name) && isInSchema(json, schema)
  if (!isExpected) throw new WorkspaceError('unexpected-response', { call, write: true })
  return parseSecret(json, schema)
}

/** Takes only known fields: a response might contain the value. */
function parseSecret(json: JsonObject, schema: SchemaName): CatalogSecret {
  const name = parseName(json['name'])
  // A path cannot contain half of a surrogate pair, so this name is not one of the API.
  if (!isInSchema(json, schema) || /\p{Surrogate}/u.test(name))
    throw new WorkspaceError('unexpected-response')
  return {
    name: name.toLowerCase(),
    owner: textOf(json['effective_owner']) ?? textOf(json['owner']),
    comment: textOf(json['comment']),
    createTime: parseTime(json['create_time']),
    updateTime: parseTime(json['update_time']),
    expireTime: parseTime(json['expire_time']),
    metastoreId: textOf(json['metastore_id']),
  }
}

/** False if the response names another schema: a list of other secrets would make a plan for the wrong ones. */
function isInSchema(json: JsonObject, { catalog, schema }: SchemaName): boolean {
  return isOf(json, 'catalog_name', catalog) && isOf(json, 'schema_name', schema)
}

function isOf(json: JsonObject, field: string, name: string): boolean {
  return json[field] === undefined || isSameName(json[field], name)
}

function isSameName(field: unknown, name: string): boolean {
  return typeof field === 'string' && field.toLowerCase() === name.toLowerCase()
}

/** Returns a text of a response. Empty text counts as missing. */
function textOf(field: unknown): string | undefined {
  return typeof field === 'string' && field !== '' ? field : undefined
}

/** Parses a time as in RFC 3339, 5.6. Anything else is ignored, and so is a time before 1970. */
function parseTime(field: unknown): number | undefined {
  const isTime =
    typeof field === 'string' &&
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/i.test(field)
  const time = isTime ? Date.parse(field.toUpperCase()) : NaN
  return time > 0 ? time : undefined
}

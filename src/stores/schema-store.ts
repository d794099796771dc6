import { monotonicMs } from '../databricks/http/clock.js'
import type { CallOptions } from '../databricks/http/request-scheduler.js'
import type { Identity } from '../databricks/identity-api.js'
import {
  CatalogSecretsApi,
  isAlreadyExists,
  isSecretMissing,
  type CatalogSchema,
  type CatalogSecret,
  type Grant,
  type NewSecret,
  type SchemaName,
  type SecretChanges,
} from '../databricks/catalog-secrets-api.js'
import type { WorkspaceError } from '../databricks/workspace-error.js'
import { normalizeKey } from '../secrets/key.js'
import type { SecretValue } from '../secret-value.js'
import type { StoreApi } from './open-store.js'
import {
  normalizePrincipal,
  type DesiredPermissions,
  type PermissionPlan,
  type PermissionResult,
} from './permission-plan.js'

import { partsOf, type DesiredSchema } from './schema.js'
import { applySchemaPermissions, readSchemaPermissions, withSharedGrants } from './schema-permissions.js'
import { explainReadRefusal, explainUpdateRefusal } from './schema-refusal.js'
import type {
  CreateResult,
  ListedSecret,
  PlanPermissions,
  ReadPurpose,
  SecretAttribute,
  SecretToWrite,
  Store,
  StoreContents,
  WriteResult,
} from './store.js'

const DAY_MS = 24 * 60 * 60 * 1_000

/** How much later than its creation a secret may be updated by the same write, in addition to the time of its requests. */
const SAME_WRITE_MS = 1_000

/** Opens a schema of Unity Catalog. */
export function openSchemaStore(schema: DesiredSchema, api: StoreApi): SchemaStore {
  return new SchemaStore(schema, new CatalogSecretsApi(api.client), api.getIdentityOnce, api.grantsRead)
}

/** A schema of Unity Catalog. It is never created, because a schema holds tables and volumes, too. */
export class SchemaStore implements Store {
  readonly kind = 'schema'
  readonly #desired: DesiredSchema
  readonly #schema: SchemaName
  readonly #api: SchemaApi
  readonly #getIdentity: () => Promise<Identity>
  #schemaRead: Promise<CatalogSchema> | undefined
  readonly #grantsRead: Map<string, Promise<readonly Grant[]>>

  /**
   * @param getIdentityOnce Reads the identity of this run, once in a run.
   * @param grantsRead The grants on schemas and catalogs that this run reads, once for all of its targets.
   */
  constructor(
    desired: DesiredSchema,
    api: SchemaApi,
    getIdentityOnce: () => Promise<Identity>,
    grantsRead: Map<string, Promise<readonly Grant[]>>,
  ) {
    this.#desired = desired
    this.#schema = partsOf(desired.name)
    this.#api = api
    this.#getIdentity = getIdentityOnce
    this.#grantsRead = grantsRead
  }

  async read({ willPrune }: ReadPurpose): Promise<StoreContents> {
    const [schema, secrets, identity] = await Promise.allSettled([
      this.#getSchemaOnce(),
      this.#api.listSecrets(this.#schema),
      willPrune ? this.#getIdentity() : undefined,
    ])
    const { name } = this.#desired
    if (schema.status === 'rejected')
      throw await explainReadRefusal(schema.reason, 'schema', name, this.#nameOfRun)
    if (secrets.status === 'rejected')
      throw await explainReadRefusal(secrets.reason, 'secrets', name, this.#nameOfRun)
    const me = identity.status === 'fulfilled' ? identity.value?.name : undefined
    return {
      name,
      keys: secrets.value.map((secret) => ({
        ...this.#describe(secret),
        ...(willPrune && !this.#isOurs(secret, me) && { isProtected: true }),
      })),
      isComplete: false,
      ...(willPrune && me === undefined && { isIdentityUnknown: true }),
      metastoreId: printableId(schema.value.metastoreId),
    }
  }

  /** Never called: {@link read} throws if the schema does not exist. */
  async create(): Promise<CreateResult> {
    return await Promise.reject(new TypeError('A schema is never created.'))
  }

  async checkCreation(): Promise<void> {
    await Promise.reject(new TypeError('A schema is never created.'))
  }

  /**
   * Creates or updates a secret. An update of the listed secret that is missing by now creates it, and a create that meets a
   * secret that is not listed does what `if-exists` says.
   */
  async write(secret: SecretToWrite, options: CallOptions): Promise<WriteResult> {
    const { key, listed } = secret
    if (listed === undefined) return await this.#create(secret, options)
    try {
      const updated = await this.#api.updateSecret(this.#schema, key, this.#changes(secret), options)
      return { outcome: 'updated', secret: this.#describe(updated) }
    } catch (error) {
      // Another job deleted it.
      if (isSecretMissing(error)) return await this.#create(secret, options)
      throw await this.#explainRefusal(error, key, true, async () => await Promise.resolve(listed.owner))
    }
  }

  async get(key: string, options: CallOptions): Promise<SecretValue> {
    return await this.#api.getValue(this.#schema, key, options)
  }

  /** Each secret has its own owner and grants. */
  refusesAllReads(): boolean {
    return false
  }

  async delete(key: string, options: CallOptions): Promise<void> {
    await this.#api.deleteSecret(this.#schema, key, options)
  }

  async list(): Promise<readonly ListedSecret[]> {
    return (await this.#api.listSecrets(this.#schema)).map((secret) => this.#describe(secret))
  }

  async readPermissions(desired: DesiredPermissions, dryRun: boolean): Promise<PlanPermissions> {
    const api = {
      catalog: withSharedGrants(this.#api, this.#grantsRead),
      getIdentityOnce: this.#getIdentity,
      getOwner: async () => (await this.#getSchemaOnce()).owner,
    }
    return await readSchemaPermissions(api, this.#desired, desired, dryRun)
  }

  async applyPermissions(plan: PermissionPlan, notWritten: readonly string[]): Promise<PermissionResult[]> {
    return await applySchemaPermissions({ catalog: this.#api }, this.#desired, plan, notWritten)
  }

  /** The schema, read once in a run. */
  #getSchemaOnce(): Promise<CatalogSchema> {
    return (this.#schemaRead ??= this.#api.getSchema(this.#schema))
  }

  async #create(secret: SecretToWrite, options: CallOptions, isSecondTry = false): Promise<WriteResult> {
    const { key, value } = secret
    const { owner } = this.#desired
    const { comment } = this.#commentOf(key)
    const start = monotonicMs()
    try {
      const content = { ...this.#newContent(value), comment, ...(owner !== undefined && { owner }) }
      const created = await this.#api.createSecret(this.#schema, key, content, options)
      return { outcome: 'created', secret: this.#describe(created) }
    } catch (error) {
      if (!isAlreadyExists(error)) throw error
      const written =
        error.details.earlierTryMayBeApplied === true
          ? await this.#writeAfterLostAnswer(secret, error, start, options, isSecondTry)
          : await this.#writeUnlisted(secret, options, isSecondTry)
      return written ?? (await this.#create(secret, options, true))
    }
  }

  /** Does what `if-exists` says with a secret that exists and was not listed; undefined if it is missing by now. */
  async #writeUnlisted(
    secret: SecretToWrite,
    options: CallOptions,
    isSecondTry: boolean,
  ): Promise<WriteResult | undefined> {
    const wasUnseen = secret.listed === undefined
    if (secret.ifExists === 'keep') return { outcome: 'kept', wasUnseen: true }
    if (secret.ifExists === 'compare' && (await this.#hasValue(secret, options)) === true)
      return { outcome: 'unchanged', wasUnseen }
    const updated = await this.#updateUnlisted(secret, options, isSecondTry)
    return updated && { outcome: 'updated', secret: this.#describe(updated), wasUnseen }
  }

  /**
   * Makes sure that a secret has the value after an earlier try, whose answer was lost, may have created it; undefined if it is
   * missing by now. It may also be another principal's, so `compare` updates it, too.
   *
   * @param start When the first try began, in monotonic ms.
   */
  async #writeAfterLostAnswer(
    secret: SecretToWrite,
    error: WorkspaceError,
    start: number,
    options: CallOptions,
    isSecondTry: boolean,
  ): Promise<WriteResult | undefined> {
    if (secret.ifExists === 'keep') return await this.#settle(secret, error, options)
    const updated = await this.#updateUnlisted(secret, options, isSecondTry)
    if (updated === undefined) return undefined
    const described = this.#describe(updated)
    return isJustCreated(updated, monotonicMs() - start)
      ? { outcome: 'created', secret: described }
      : { outcome: 'updated', secret: described, wasUnseen: secret.listed === undefined }
  }

  /** Updates a secret that was not listed; undefined at the first try if another job deleted it, or it is hidden. */
  async #updateUnlisted(
    secret: SecretToWrite,
    options: CallOptions,
    isSecondTry: boolean,
  ): Promise<CatalogSecret | undefined> {
    const { key } = secret
    try {
      return await this.#api.updateSecret(this.#schema, key, this.#changes(secret), options)
    } catch (refusal) {
      if (isSecretMissing(refusal) && !isSecondTry) return undefined
      throw await this.#explainRefusal(refusal, key, false, async () => await this.#ownerOf(key, options))
    }
  }

  /** Finds out for `if-exists: keep` whether an earlier try of this run created the secret, without changing it. */
  async #settle(secret: SecretToWrite, error: WorkspaceError, options: CallOptions): Promise<WriteResult> {
    const hasValue = await this.#hasValue(secret, options)
    if (hasValue === undefined) throw error
    return hasValue ? { outcome: 'created' } : { outcome: 'kept', wasUnseen: true }
  }

  /** Whether the secret has the value of the map; undefined if it cannot be read. */
  async #hasValue({ key, value }: SecretToWrite, options: CallOptions): Promise<boolean | undefined> {
    try {
      return (await this.#api.getValue(this.#schema, key, { ...options, optional: true })).equals(value)
    } catch {
      return undefined
    }
  }

  /** The value, and when it ends: both change with each write. */
  #newContent(value: SecretValue): NewSecret {
    const { expireAfterDays } = this.#desired
    return {
      value,
      ...(expireAfterDays !== undefined && { expireTime: Date.now() + expireAfterDays * DAY_MS }),
    }
  }

  /** The smallest change: a principal that may update the value may not be allowed to change anything else. */
  #changes({ key, value, listed }: SecretToWrite): SecretChanges {
    const { comment, isDefaultComment } = this.#commentOf(key)
    const differs = listed === undefined || listed.differences?.includes('comment') === true
    return { ...this.#newContent(value), ...(!isDefaultComment && differs && { comment }) }
  }

  /** The comment of a secret: its own, or that of all. */
  #commentOf(key: string): Pick<DesiredSchema, 'comment' | 'isDefaultComment'> {
    const own = this.#desired.comments?.get(normalizeKey(key))
    return own === undefined ? this.#desired : { comment: own, isDefaultComment: false }
  }

  #describe(secret: CatalogSecret): ListedSecret {
    const { name, owner, updateTime, createTime, expireTime } = secret
    return {
      name,
      lastUpdated: updateTime ?? createTime,
      expires: expireTime,
      owner,
      differences: this.#differences(secret),
    }
  }

  #differences({ name, owner, comment }: CatalogSecret): SecretAttribute[] {
    const desired = { ...this.#desired, ...this.#commentOf(name) }
    const isOtherOwner =
      desired.owner !== undefined &&
      owner !== undefined &&
      normalizePrincipal(owner) !== normalizePrincipal(desired.owner)
    const isOtherComment = !desired.isDefaultComment && comment !== desired.comment
    return [...(isOtherOwner ? (['owner'] as const) : []), ...(isOtherComment ? (['comment'] as const) : [])]
  }

  /** @param me The name of the identity of this run: an e-mail or an application id. Both are case-insensitive. */
  #isOurs({ owner }: CatalogSecret, me: string | undefined): boolean {
    if (owner === undefined) return false
    const isMe = me !== undefined && normalizePrincipal(owner) === normalizePrincipal(me)
    return isMe || owner === this.#desired.owner
  }

  async #explainRefusal(
    error: unknown,
    key: string,
    isListed: boolean,
    getOwner: () => Promise<string | undefined>,
  ): Promise<unknown> {
    return await explainUpdateRefusal(
      error,
      { schema: this.#desired.name, key, isListed },
      getOwner,
      this.#nameOfRun,
    )
  }

  /** The owner of a secret; undefined where this run may not know it. */
  async #ownerOf(key: string, options: CallOptions): Promise<string | undefined> {
    try {
      return (await this.#api.getSecret(this.#schema, key, { ...options, optional: true })).owner
    } catch {
      return undefined
    }
  }

  /** The identity of this run, as grants name it; undefined where the workspace does not report it. */
  readonly #nameOfRun = async (): Promise<string | undefined> => {
    try {
      return (await this.#getIdentity()).name
    } catch {
      return undefined
    }
  }
}

/** The calls for secrets. */
export type SchemaApi = Pick<
  CatalogSecretsApi,
  | 'changeGrants'
  | 'getSchema'
  | 'listGrants'
  | 'listSecrets'
  | 'createSecret'
  | 'updateSecret'
  | 'getSecret'
  | 'getValue'
  | 'deleteSecret'
>

/**
 * Whether a secret that was updated just now was created at most this long before. Both times are the workspace's, so its
 * clock may be wrong.
 */
function isJustCreated({ createTime, updateTime }: CatalogSecret, elapsedMs: number): boolean {
  if (createTime === undefined || updateTime === undefined) return true
  return updateTime - createTime <= elapsedMs + SAME_WRITE_MS
}

/** An id that is printed has no other characters. */
function printableId(id = ''): string | undefined {
  return /^[\w-]{1,64}$/.test(id) ? id : undefined
}

import type { Identity } from '../databricks/identity-api.js'
import type { CallOptions } from '../databricks/http/request-scheduler.js'
import type { ListedScope, SecretsApi } from '../databricks/secrets-api.js'
import { isNotFound, isNotFoundWithoutCode, WorkspaceError } from '../databricks/workspace-error.js'
import type { SecretValue } from '../secret-value.js'
import { applyScopePermissions } from './apply-scope-permissions.js'
import type { DesiredPermissions, PermissionPlan, PermissionResult } from './permission-plan.js'
import type { DesiredScope } from './scope.js'
import { readScopePermissions } from './read-scope-permissions.js'
import { checkPermissionsExist } from './scope-permission-refusal.js'
import type {
  CreateResult,
  ListedSecret,
  PlanPermissions,
  ReadPurpose,
  SecretToWrite,
  Store,
  StoreContents,
  StoreCreation,
  WriteResult,
} from './store.js'
import { SyncError } from './sync-error.js'

/** A secret scope. */
export class ScopeStore implements Store {
  readonly kind = 'scope'
  readonly #scope: DesiredScope
  readonly #api: ScopeApi
  readonly #secrets: SecretsApi
  /** The name in the spelling of the workspace, as soon as it is known. */
  #name: string
  #hasRead = false

  constructor(scope: DesiredScope, api: ScopeApi) {
    this.#scope = scope
    this.#name = scope.name
    this.#api = api
    this.#secrets = api.secrets
  }

  async read({ mustExist }: ReadPurpose): Promise<StoreContents | undefined> {
    const listScopes = this.#hasRead ? undefined : this.#api.listScopesOnce
    this.#hasRead = true
    const found = await findScope(this.#secrets, this.#scope.name, listScopes)
    if (found !== undefined) this.#name = found.name
    else if (mustExist) throw missingForReport(this.#scope.name)
    else if (!this.#scope.create) throw missing(this.#scope.name)
    return found
  }

  async create(hasPermissions: boolean): Promise<CreateResult> {
    return await createScope(this.#secrets, this.#scope, hasPermissions)
  }

  async checkCreation({ managedBy }: StoreCreation, hasPermissions: boolean): Promise<void> {
    // On the Standard plan, permissions can only fail, and would do so after all secrets are written.
    if (managedBy === 'users' && hasPermissions) await checkPermissionsExist(this.#secrets, this.#name)
  }

  async write({ key, value, listed }: SecretToWrite, options: CallOptions): Promise<WriteResult> {
    await this.#secrets.putSecret(this.#name, key, value.reveal(), options)
    return { outcome: listed === undefined ? 'created' : 'updated' }
  }

  async get(key: string, options: CallOptions): Promise<SecretValue> {
    return await this.#secrets.getSecret(this.#name, key, options)
  }

  /** It refuses them outside a notebook (`BAD_REQUEST`), or without READ. */
  refusesAllReads(error: WorkspaceError): boolean {
    return error.hasErrorCode('BAD_REQUEST') || error.hasErrorCode('PERMISSION_DENIED')
  }

  async delete(key: string, options: CallOptions): Promise<void> {
    await this.#secrets.deleteSecret(this.#name, key, options)
  }

  async list(): Promise<readonly ListedSecret[]> {
    return await this.#secrets.listKeys(this.#name)
  }

  async readPermissions(desired: DesiredPermissions, dryRun: boolean): Promise<PlanPermissions> {
    return await readScopePermissions(this.#api, this.#scope, desired, dryRun)
  }

  async applyPermissions(plan: PermissionPlan): Promise<PermissionResult[]> {
    return await applyScopePermissions(this.#secrets, this.#name, plan)
  }
}

/** The API calls for a scope. Some are shared with the other targets of the run. */
export interface ScopeApi {
  readonly secrets: SecretsApi
  /** Lists the scopes of the workspace, once in a run. */
  readonly listScopesOnce: () => Promise<ListedScope[]>
  /** Reads the identity of this run, once in a run. */
  readonly getIdentityOnce: () => Promise<Identity>
}

/**
 * Lists the scopes and the keys of the scope at the same time. If the two responses contradict each other, another job may
 * have created or deleted the scope in between, so both are read once more.
 *
 * @param listScopesOnce Lists the scopes for the first try. Default: a request.
 * @returns Undefined if the scope does not exist.
 * @throws {SyncError} for a scope backed by a key vault, or if the responses contradict each other again.
 * @throws {WorkspaceError} for every request that fails.
 */
export async function findScope(
  api: SecretsApi,
  name: string,
  listScopesOnce?: () => Promise<ListedScope[]>,
  isSecondTry = false,
): Promise<StoreContents | undefined> {
  const listScopes = listScopesOnce ?? (async () => await api.listScopes())
  const [scopes, keys] = await Promise.allSettled([listScopes(), api.listKeys(name)])
  if (scopes.status === 'rejected') throw scopes.reason
  const listed = scopes.value.find((scope) => scope.name.toLowerCase() === name.toLowerCase())
  if (listed?.backend === 'AZURE_KEYVAULT') throw readOnly(listed)

  // The list of scopes succeeded, so the API exists, and a 404 without a code can only mean the scope.
  const hasNoKeys =
    keys.status === 'rejected' && (isNotFound(keys.reason) || isNotFoundWithoutCode(keys.reason))
  if (keys.status === 'rejected' && !hasNoKeys) throw keys.reason
  if (listed === undefined && hasNoKeys) return undefined
  if (listed !== undefined && keys.status === 'fulfilled')
    return { name: listed.name, keys: keys.value, isComplete: true }
  if (!isSecondTry) return await findScope(api, name, undefined, true)
  throw new SyncError(
    'unexpected-response',
    `The workspace lists the scope "${name}" in one call and reports it missing in another. Another job may be creating or ` +
      'deleting it. If not, check the input host: it may not be a workspace.',
  )
}

/**
 * Creates the scope: with one request, or with two on the Standard plan with `auto`.
 *
 * @param withPermissions Whether the input `permissions` is set. Scopes on the Standard plan have no permissions.
 * @throws {SyncError} on the Standard plan, if the scope could not be created as the inputs require.
 * @throws {WorkspaceError} for every other refusal. The first principal of a scope decides who can read its secrets, so the
 * action fails in case of doubt.
 */
export async function createScope(
  api: SecretsApi,
  { name, initialManagePrincipal }: DesiredScope,
  withPermissions: boolean,
): Promise<CreateResult> {
  if (initialManagePrincipal === 'users')
    return await tryToCreate(api, name, { managedBy: 'users', fellBack: false })
  try {
    return await tryToCreate(api, name, { managedBy: 'creator', fellBack: false })
  } catch (error) {
    if (!requiresUsers(error, name)) throw error
    if (initialManagePrincipal === 'creator') throw new SyncError('standard-plan', noCreator(name))
    if (withPermissions) throw new SyncError('standard-plan', noPermissions(name))
    return await tryToCreate(api, name, { managedBy: 'users', fellBack: true })
  }
}

async function tryToCreate(api: SecretsApi, name: string, creation: StoreCreation): Promise<CreateResult> {
  try {
    await (creation.managedBy === 'users' ? api.createScope(name, 'users') : api.createScope(name))
    return { creation }
  } catch (error) {
    if (!(error instanceof WorkspaceError && mayExist(error, name))) throw error
    return { inDoubt: error, ...(error.outcomeUnknown && { creation: { ...creation, unconfirmed: true } }) }
  }
}

/**
 * Whether the scope may exist after this error: the workspace says so, or an attempt whose response was lost may have
 * created it. In that case, some services refuse the retry without a code (the fake workspace of the Databricks CLI).
 */
function mayExist(error: WorkspaceError, name: string): boolean {
  if (error.failure === 'cancelled') return false
  if (error.hasErrorCode('RESOURCE_ALREADY_EXISTS') || error.mayBeApplied) return true
  const { earlierTryMayBeApplied, status = 0 } = error.details
  const isFinal = error.failure === 'error-response' && status < 500 && !error.isRateLimited
  return earlierTryMayBeApplied === true && isFinal && !requiresUsers(error, name)
}

function missingForReport(scope: string): SyncError {
  return new SyncError(
    'scope-not-found',
    `There is no scope "${scope}" in this workspace, so there are no keys to report on. Correct the input scope.`,
  )
}

function missing(scope: string): SyncError {
  return new SyncError(
    'scope-not-found',
    `There is no scope "${scope}" in this workspace, and create-scope is false. Create it, correct the input scope, ` +
      'or set create-scope: true.',
  )
}

function noCreator(scope: string): string {
  return (
    `The scope "${scope}" cannot be created with initial-manage-principal: creator: this workspace is on the Standard ` +
    'plan, where every user of the workspace manages every scope. If that is acceptable for these secrets, set ' +
    'initial-manage-principal: auto; otherwise use a workspace on the Premium plan.'
  )
}

function noPermissions(scope: string): string {
  return (
    `The scope "${scope}" was not created: the input permissions is set, and this workspace is on the Standard plan, where ` +
    'every user of the workspace manages every scope. If that is acceptable for these secrets, remove the input ' +
    'permissions; otherwise use a workspace on the Premium plan.'
  )
}

const PRINCIPAL_FIELD = 'initial_manage_principal'

/**
 * Whether this is the only refusal after which `auto` falls back: "Secret scopes can only be created with
 * initial_manage_principal \"users\"." (seen). The request had no such field, so a message that names it means that it is
 * missing. Two exceptions: the message may quote a scope with this name, and a gateway may have sent it.
 */
function requiresUsers(error: unknown, scope: string): boolean {
  if (!(error instanceof WorkspaceError && error.hasErrorCode('BAD_REQUEST'))) return false
  const { status, isJson, serverMessage = '' } = error.details
  const name = scope.toLowerCase()
  const message = name.includes(PRINCIPAL_FIELD)
    ? serverMessage.toLowerCase().replaceAll(name, '')
    : serverMessage
  return status === 400 && isJson === true && message.includes(PRINCIPAL_FIELD)
}

function readOnly({ name, vault }: ListedScope): SyncError {
  return new SyncError(
    'key-vault',
    `The scope "${name}" is backed by the Azure key vault ${vault ?? '(unnamed)'} and is read-only in Databricks. Set ` +
      'another scope in the input scope, or write the secrets to the vault',
    { untrusted: [name, ...(vault === undefined ? [] : [vault])], ...(vault !== undefined && { vault }) },
  )
}

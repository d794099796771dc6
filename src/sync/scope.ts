import type { ListedKey, ListedScope, SecretsApi } from '../databricks/secrets-api.js'
import { isNotFound, isNotFoundWithoutCode, WorkspaceError } from '../databricks/workspace-error.js'
import { SyncError } from './sync-error.js'

/** The values of the input `initial-manage-principal`. */
export const INITIAL_MANAGE_PRINCIPALS = ['auto', 'users', 'creator'] as const

/** Who manages a scope that the run creates: see action.yml. */
export type InitialManagePrincipal = (typeof INITIAL_MANAGE_PRINCIPALS)[number]

/** The scope that a run writes to, and whether to create it if it is missing. */
export interface DesiredScope {
  readonly name: string
  readonly create: boolean
  readonly initialManagePrincipal: InitialManagePrincipal
}

/** A scope that exists and can be written to. */
export interface ExistingScope {
  /** The name in the spelling of the workspace. */
  readonly name: string
  readonly keys: readonly ListedKey[]
}

/** How this run created the scope. */
export interface ScopeCreation {
  readonly managedBy: 'creator' | 'users'
  /** True if the workspace required `users` and the input allowed it. */
  readonly fellBack: boolean
  /** True if the response was lost and the scope exists now: this run or another job created it. */
  readonly unconfirmed?: boolean
}

/** The result of an attempt to create the scope. */
export interface CreateResult {
  /** Undefined if another job certainly created it. */
  readonly creation?: ScopeCreation
  /** The error, if the scope exists already or may exist now. The caller reads the current state again. */
  readonly inDoubt?: WorkspaceError
}

/**
 * Lists the scopes and the keys of the scope at the same time. If the two responses contradict each other, another job may
 * have created or deleted the scope in between, so both are read once more.
 *
 * @returns Undefined if the scope does not exist.
 * @throws {SyncError} for a scope backed by a key vault, or if the responses contradict each other again.
 * @throws {WorkspaceError} for every request that fails.
 */
export async function findScope(
  api: SecretsApi,
  name: string,
  isSecondTry = false,
): Promise<ExistingScope | undefined> {
  const [scopes, keys] = await Promise.allSettled([api.listScopes(), api.listKeys(name)])
  if (scopes.status === 'rejected') throw scopes.reason
  const listed = scopes.value.find((scope) => scope.name.toLowerCase() === name.toLowerCase())
  if (listed?.backend === 'AZURE_KEYVAULT') throw readOnly(listed)

  // The list of scopes succeeded, so the API exists, and a 404 without a code can only mean the scope.
  const hasNoKeys =
    keys.status === 'rejected' && (isNotFound(keys.reason) || isNotFoundWithoutCode(keys.reason))
  if (keys.status === 'rejected' && !hasNoKeys) throw keys.reason
  if (listed === undefined && hasNoKeys) return undefined
  if (listed !== undefined && keys.status === 'fulfilled') return { name: listed.name, keys: keys.value }
  if (!isSecondTry) return await findScope(api, name, true)
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

async function tryToCreate(api: SecretsApi, name: string, creation: ScopeCreation): Promise<CreateResult> {
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

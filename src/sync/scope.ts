import type { ListedKey, ListedScope, SecretsApi } from '../databricks/secrets-api.js'
import { isNotFound, isNotFoundWithoutCode, WorkspaceError } from '../databricks/workspace-error.js'
import { SyncError } from './sync-error.js'

/** What the input `initial-manage-principal` takes. */
export const INITIAL_MANAGE_PRINCIPALS = ['auto', 'users', 'creator'] as const

/** Who is to manage a scope that the run creates: see action.yml. */
export type InitialManagePrincipal = (typeof INITIAL_MANAGE_PRINCIPALS)[number]

/** The scope that a run is to write to, and what to do where it is missing. */
export interface DesiredScope {
  readonly name: string
  readonly create: boolean
  readonly initialManagePrincipal: InitialManagePrincipal
}

/** A scope that is there and can be written to. */
export interface ExistingScope {
  /** The name in the workspace's own spelling. */
  readonly name: string
  readonly keys: readonly ListedKey[]
}

/** How this run created the scope. */
export interface ScopeCreation {
  readonly managedBy: 'creator' | 'users'
  /** True when `users` was not asked for: the workspace insisted on it. */
  readonly fellBack: boolean
  /** True when the answer was lost and the scope exists now: this run or another job has created it. */
  readonly unconfirmed?: boolean
}

/** The result of an attempt to create the scope. */
export interface CreateResult {
  /** Undefined where another job has certainly created it. */
  readonly creation?: ScopeCreation
  /** The error where the scope exists already or may exist now: what is in it decides what is to be done. */
  readonly inDoubt?: WorkspaceError
}

/**
 * Asks for the scope's kind and for its keys in one go. Where the two answers contradict each other, another job may
 * have created or deleted the scope between them: a second look decides.
 *
 * @returns Undefined where there is no such scope.
 * @throws {SyncError} for a scope that a key vault backs, or of which the workspace says two things that cannot both be
 * true.
 * @throws {WorkspaceError} for every request that fails.
 */
export async function findScope(
  api: SecretsApi,
  name: string,
  secondLook = false,
): Promise<ExistingScope | undefined> {
  const [scopes, keys] = await Promise.allSettled([api.listScopes(), api.listKeys(name)])
  if (scopes.status === 'rejected') throw scopes.reason
  const listed = scopes.value.find((scope) => scope.name.toLowerCase() === name.toLowerCase())
  if (listed?.backend === 'AZURE_KEYVAULT') throw readOnly(listed)

  // The list of scopes was answered, so the API is there, and a 404 without a code can only be about the scope.
  const hasNoKeys =
    keys.status === 'rejected' && (isNotFound(keys.reason) || isNotFoundWithoutCode(keys.reason))
  if (keys.status === 'rejected' && !hasNoKeys) throw keys.reason
  if (listed === undefined && hasNoKeys) return undefined
  if (listed !== undefined && keys.status === 'fulfilled') return { name: listed.name, keys: keys.value }
  if (!secondLook) return await findScope(api, name, true)
  throw new SyncError(
    `The workspace lists the scope "${name}" in one call and denies it in another. If no other job is creating or ` +
      'deleting it right now, what answers here is not a workspace: check the input host.',
  )
}

/**
 * Creates the scope: in one wave of the network, or in two on the Standard plan with `auto`.
 *
 * @param withPermissions Whether permissions are to be set in it, which no scope of the Standard plan has.
 * @throws {SyncError} on the Standard plan, where the scope could not be as it is wanted.
 * @throws {WorkspaceError} for every other refusal: the principal that a scope is created with decides who may read the
 * secrets, so every doubt is a failure.
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
    if (!wantsUsers(error, name)) throw error
    if (initialManagePrincipal === 'creator') throw new SyncError(noCreator(name))
    if (withPermissions) throw new SyncError(noPermissions(name))
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
 * Whether the scope may exist after this error: the workspace says so, or an attempt whose answer was lost may have created
 * it. Then a service that gives no code (the fake workspace of the Databricks CLI) refuses the retry.
 */
function mayExist(error: WorkspaceError, name: string): boolean {
  if (error.failure === 'cancelled') return false
  if (error.hasErrorCode('RESOURCE_ALREADY_EXISTS') || error.mayBeApplied) return true
  const { earlierTryUnknown, status = 0 } = error.details
  const isFinal = error.failure === 'error-response' && status < 500 && !error.isRateLimited
  return earlierTryUnknown === true && isFinal && !wantsUsers(error, name)
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
    `The scope "${scope}" was not created: permissions are to be set in it, and this workspace is on the Standard plan, ` +
    'where every user of the workspace manages every scope. If that is acceptable for these secrets, take the input ' +
    'permissions out; otherwise use a workspace on the Premium plan.'
  )
}

const PRINCIPAL_FIELD = 'initial_manage_principal'

/**
 * True for the one refusal that makes `auto` fall back: "Secret scopes can only be created with
 * initial_manage_principal \"users\"." (seen). We sent no principal, so a message that names the field can only miss it;
 * but not where it quotes a scope that is named like the field, and a gateway's text is not the workspace's word.
 */
function wantsUsers(error: unknown, scope: string): boolean {
  if (!(error instanceof WorkspaceError && error.hasErrorCode('BAD_REQUEST'))) return false
  const { status, isJson: structured, serverMessage: said = '' } = error.details
  const name = scope.toLowerCase()
  const message = name.includes(PRINCIPAL_FIELD) ? said.toLowerCase().replaceAll(name, '') : said
  return status === 400 && structured === true && message.includes(PRINCIPAL_FIELD)
}

function readOnly({ name, vault }: ListedScope): SyncError {
  return new SyncError(
    `The scope "${name}" is backed by the Azure key vault ${vault ?? '(unnamed)'} and is read-only in Databricks. Put ` +
      `the secrets into the vault (az keyvault secret set --vault-name ${vault ?? 'VAULT'} --name KEY --file FILE), ` +
      'or name another scope in the input scope.',
    [name, ...(vault === undefined ? [] : [vault])],
  )
}

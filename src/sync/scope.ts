import type { ListedScope, SecretsApi } from '../databricks/secrets-api.js'
import { WorkspaceError } from '../databricks/workspace-error.js'
import { SyncError } from './sync-error.js'

/** What the input `initial-manage-principal` takes. */
export const INITIAL_MANAGE_PRINCIPALS = ['auto', 'users', 'creator'] as const

/** Who is to manage a scope that the run creates: see action.yml. */
export type InitialManagePrincipal = (typeof INITIAL_MANAGE_PRINCIPALS)[number]

/** The scope that a run is to write to, and what to do where it is missing. */
export interface WantedScope {
  readonly name: string
  readonly create: boolean
  readonly initialManagePrincipal: InitialManagePrincipal
}

/** A scope that is there and can be written to, with the keys that it has. */
export interface OpenScope {
  /** The name in the workspace's own spelling. */
  readonly name: string
  readonly keys: readonly string[]
  /** How this run created the scope, or undefined where it was there. */
  readonly created?: {
    readonly managedBy: 'creator' | 'users'
    /** True when `users` was not asked for: the workspace insisted on it. */
    readonly fellBack: boolean
  }
}

/**
 * Finds the scope, or creates it where that is wanted. That takes one wave of the network for a scope that is there,
 * two for a new one, and three on the Standard plan with `auto`.
 *
 * @throws {SyncError} for a scope that is missing and is not to be created, that a key vault backs, or of which the
 * workspace says two things that cannot both be true.
 * @throws {WorkspaceError} for every request that fails.
 */
export async function openScope(api: SecretsApi, wanted: WantedScope): Promise<OpenScope> {
  const found = await findScope(api, wanted.name)
  if (found !== undefined) return found
  if (!wanted.create) {
    throw new SyncError(
      `There is no scope "${wanted.name}" in this workspace, and create-scope is false. Create it, correct the input ` +
        'scope, or set create-scope: true.',
    )
  }
  try {
    return { name: wanted.name, keys: [], created: await createScope(api, wanted) }
  } catch (error) {
    // Another job has created it since we looked: that is what we wanted, and we look at what it is.
    if (!(error instanceof WorkspaceError && error.is('RESOURCE_ALREADY_EXISTS'))) throw error
    const raced = await findScope(api, wanted.name)
    if (raced !== undefined) return raced
    throw error
  }
}

/**
 * Asks for the scope's kind and for its keys in one go. Where the two answers contradict each other, another job may
 * have created or deleted the scope between them: a second look decides.
 */
async function findScope(api: SecretsApi, name: string, secondLook = false): Promise<OpenScope | undefined> {
  const [scopes, keys] = await Promise.allSettled([api.listScopes(), api.listKeys(name)])
  if (scopes.status === 'rejected') throw scopes.reason
  const listed = scopes.value.find((scope) => scope.name.toLowerCase() === name.toLowerCase())
  if (listed?.backend === 'AZURE_KEYVAULT') throw readOnly(listed)

  const hasNoKeys = keys.status === 'rejected' && isMissing(keys.reason)
  if (keys.status === 'rejected' && !hasNoKeys) throw keys.reason
  if (listed === undefined && hasNoKeys) return undefined
  if (listed !== undefined && keys.status === 'fulfilled') return { name: listed.name, keys: keys.value }
  if (!secondLook) return await findScope(api, name, true)
  throw new SyncError(
    `The workspace lists the scope "${name}" in one call and denies it in another. If no other job is creating or ` +
      'deleting it right now, what answers here is not a workspace: check the input host.',
  )
}

function isMissing(error: unknown): boolean {
  return error instanceof WorkspaceError && error.is('RESOURCE_DOES_NOT_EXIST')
}

/** The principal that a scope is created with decides who may read the secrets, so every doubt is a failure. */
async function createScope(api: SecretsApi, wanted: WantedScope): Promise<NonNullable<OpenScope['created']>> {
  if (wanted.initialManagePrincipal === 'users') {
    await api.createScope(wanted.name, 'users')
    return { managedBy: 'users', fellBack: false }
  }
  try {
    await api.createScope(wanted.name)
    return { managedBy: 'creator', fellBack: false }
  } catch (error) {
    if (!wantsUsers(error, wanted.name)) throw error
    if (wanted.initialManagePrincipal === 'creator') {
      throw new SyncError(
        `The scope "${wanted.name}" cannot be created with initial-manage-principal: creator: this workspace is on ` +
          'the Standard plan, where every user of the workspace manages every scope. If that is acceptable for these ' +
          'secrets, set initial-manage-principal: auto; otherwise use a workspace on the Premium plan.',
      )
    }
    await api.createScope(wanted.name, 'users')
    return { managedBy: 'users', fellBack: true }
  }
}

const PRINCIPAL_FIELD = 'initial_manage_principal'

/**
 * True for the one refusal that makes `auto` fall back: "Secret scopes can only be created with
 * initial_manage_principal \"users\"." (seen). We sent no principal, so a message that names the field can only miss it;
 * but not where it quotes a scope that is named like the field, and a gateway's text is not the workspace's word.
 */
function wantsUsers(error: unknown, scope: string): boolean {
  if (!(error instanceof WorkspaceError && error.is('BAD_REQUEST'))) return false
  const { status, structured, said = '' } = error.details
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

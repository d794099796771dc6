import type { Identity, IdentityApi } from '../databricks/identity-api.js'
import type { ListedPermission, SecretsApi } from '../databricks/secrets-api.js'
import { normalizeKey } from '../secrets/key.js'
import { compareValues, type Comparison } from './compare.js'
import { classifyRefusal, explainRefusal } from './permission-refusal.js'
import { needsIdentity, type CurrentPermissions } from './permissions.js'
import { findScope, type ExistingScope } from './scope.js'
import type { DesiredState } from './desired-state.js'

/** The calls of the workspace that a sync makes. */
export interface WorkspaceApi {
  readonly secrets: SecretsApi
  readonly identity: IdentityApi
}

/** What is there before a run writes anything: all that a plan is made from, besides what is wanted. */
export interface CurrentState {
  /** Undefined where the scope is missing. */
  readonly scope: ExistingScope | undefined
  /** How many keys of the scope are not among its keys here, since their names cannot be told. */
  readonly unprintable: number
  /** Which values are the map's already; undefined where that was not asked for. */
  readonly comparison: Comparison | undefined
  /** Who may do what, or will where the scope is to be created; undefined where that was not asked for. */
  readonly permissions: PermissionState | undefined
}

/** What is known of the permissions of a scope. */
export interface PermissionState {
  /** Undefined where they could not be read, which a dry run can do without. */
  readonly current: CurrentPermissions | undefined
  /** Who this run is; undefined where the workspace does not tell. */
  readonly me: Identity | undefined
}

/**
 * Reads what is there: in one wave of the network, and with `if-exists: compare` the values of the map's keys in as many
 * more as they take.
 *
 * @throws {SyncError} for a scope that cannot be written to, or whose permissions cannot be set.
 * @throws {WorkspaceError} for every request without which there is no plan.
 */
export async function readCurrentState(api: WorkspaceApi, desired: DesiredState): Promise<CurrentState> {
  const { secrets, scope, options, isPrintableName } = desired
  // Both start before either is waited for.
  const permissions = readPermissions(api, desired)
  const found = await findScope(api.secrets, scope.name)
  // A key of the map is named in any case, and has to be known to be there, whatever value its name may hold.
  const ofMap = new Set(secrets.map(({ key }) => normalizeKey(key)))
  const keys = found?.keys.filter(({ name }) => ofMap.has(normalizeKey(name)) || isPrintableName(name)) ?? []
  const named = found && { ...found, keys }
  return {
    scope: named,
    unprintable: (found?.keys.length ?? 0) - keys.length,
    permissions: await (await permissions)?.(found !== undefined),
    comparison:
      options.ifExists === 'compare' && named !== undefined
        ? await compareValues(api.secrets, secrets, named)
        : undefined,
  }
}

/**
 * Asks who may do what, and who we are. What the answers mean depends on whether there is a scope, so what is given back
 * is still to be told that; an error of the scope itself comes before one of its permissions.
 */
async function readPermissions(
  { secrets, identity }: WorkspaceApi,
  { scope, permissions, options }: DesiredState,
): Promise<((exists: boolean) => Promise<PermissionState>) | undefined> {
  if (!needsIdentity(permissions)) return undefined
  const list = async (): Promise<ListedPermission[]> => await secrets.listPermissions(scope.name)
  const [listed, asked] = await Promise.allSettled([list(), identity.getIdentity()])
  const me = asked.status === 'fulfilled' ? asked.value : undefined
  return async (exists) => {
    const ofNew = scope.initialManagePrincipal === 'users' ? 'users' : 'creator'
    if (listed.status === 'fulfilled') return { current: exists ? listed.value : ofNew, me }
    let error: unknown = listed.reason
    if (classifyRefusal(error) === 'missing scope') {
      if (!exists) return { current: ofNew, me }
      // Another job may have created the scope between the questions.
      const [again] = await Promise.allSettled([list()])
      if (again.status === 'fulfilled') return { current: again.value, me }
      error = again.reason
    }
    if (classifyRefusal(error) === 'no MANAGE' && options.dryRun) return { current: undefined, me }
    throw explainRefusal(error, scope.name)
  }
}

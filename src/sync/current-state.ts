import type { Identity, IdentityApi } from '../databricks/identity-api.js'
import type { ListedPermission, SecretsApi } from '../databricks/secrets-api.js'
import { normalizeKey } from '../secrets/key.js'
import { compareValues, type Comparison } from './compare.js'
import { classifyRefusal, explainRefusal } from './permission-refusal.js'
import { needsIdentity, type CurrentPermissions } from './permissions.js'
import { findScope, type ExistingScope } from './scope.js'
import type { DesiredState } from './desired-state.js'

/** The API calls that a sync makes. */
export interface WorkspaceApi {
  readonly secrets: SecretsApi
  readonly identity: IdentityApi
}

/** The state of the workspace before a run writes anything. The plan compares it with the desired state. */
export interface CurrentState {
  /** Undefined where the scope is missing. */
  readonly scope: ExistingScope | undefined
  /** How many keys of the scope are left out here, because their names must not be printed. */
  readonly unprintable: number
  /** Which values are already those of the map; undefined without `if-exists: compare`. */
  readonly comparison: Comparison | undefined
  /** The permissions on the scope; undefined without the input `permissions`. */
  readonly permissions: PermissionState | undefined
}

/** The permissions on a scope, and the identity that the run has. */
export interface PermissionState {
  /** Undefined where they could not be read, which only a dry run accepts. */
  readonly current: CurrentPermissions | undefined
  /** The identity of this run; undefined where the workspace does not report it. */
  readonly me: Identity | undefined
}

/**
 * Reads the current state. All requests go out together, except for the values that `if-exists: compare` reads afterwards.
 *
 * @throws {SyncError} for a scope that cannot be written to, or whose permissions cannot be set.
 * @throws {WorkspaceError} if a request fails that the plan needs.
 */
export async function readCurrentState(api: WorkspaceApi, desired: DesiredState): Promise<CurrentState> {
  const { secrets, scope, options, isPrintableName } = desired
  // Not awaited yet, so that both run at the same time.
  const permissions = readPermissions(api, desired)
  const found = await findScope(api.secrets, scope.name)
  // The plan must know which keys of the map exist, even if their names are not safe to print. The workflow names them anyway.
  const mapKeys = new Set(secrets.map(({ key }) => normalizeKey(key)))
  const keys =
    found?.keys.filter(({ name }) => mapKeys.has(normalizeKey(name)) || isPrintableName(name)) ?? []
  const printable = found && { ...found, keys }
  return {
    scope: printable,
    unprintable: (found?.keys.length ?? 0) - keys.length,
    permissions: await (await permissions)?.(found !== undefined),
    comparison:
      options.ifExists === 'compare' && printable !== undefined
        ? await compareValues(api.secrets, secrets, printable)
        : undefined,
  }
}

/**
 * Reads the permissions and the identity of this run.
 *
 * @returns A function that interprets the two responses once it is known whether the scope exists. It throws only when
 * called, so that an error of the scope itself is reported first. Undefined if permissions are not needed.
 */
async function readPermissions(
  { secrets, identity }: WorkspaceApi,
  { scope, permissions, options }: DesiredState,
): Promise<((exists: boolean) => Promise<PermissionState>) | undefined> {
  if (!needsIdentity(permissions)) return undefined
  const list = async (): Promise<ListedPermission[]> => await secrets.listPermissions(scope.name)
  const [listed, identified] = await Promise.allSettled([list(), identity.getIdentity()])
  const me = identified.status === 'fulfilled' ? identified.value : undefined
  return async (exists) => {
    const ofNewScope = scope.initialManagePrincipal === 'users' ? 'users' : 'creator'
    if (listed.status === 'fulfilled') return { current: exists ? listed.value : ofNewScope, me }
    let error: unknown = listed.reason
    if (classifyRefusal(error) === 'missing scope') {
      if (!exists) return { current: ofNewScope, me }
      // Another job may have created the scope between the requests.
      const [again] = await Promise.allSettled([list()])
      if (again.status === 'fulfilled') return { current: again.value, me }
      error = again.reason
    }
    if (classifyRefusal(error) === 'no MANAGE' && options.dryRun) return { current: undefined, me }
    throw explainRefusal(error, scope.name, me?.name)
  }
}

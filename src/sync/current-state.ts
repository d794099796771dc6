import { normalizeKey } from '../secrets/key.js'
import { hasPermissions, type PermissionPlan } from '../stores/permission-plan.js'
import type { StoreContents } from '../stores/store.js'
import { compareValues, type Comparison } from './compare.js'
import type { ConnectedTarget } from './target.js'

/** The state of a target before a run writes anything. The plan compares it with the desired state. */
export interface CurrentState {
  /** Undefined where the store is missing and the run creates it. */
  readonly contents: StoreContents | undefined
  /** How many keys are left out here, because their names must not be printed. */
  readonly unprintable: number
  /** Which values are already those of the map; undefined without `if-exists: compare`. */
  readonly comparison: Comparison | undefined
  /** The changes to the permissions; undefined without the input `permissions`, `unreadable` only in a dry run. */
  readonly permissions: PermissionPlan | 'unreadable' | undefined
}

/**
 * Reads the current state. All requests go out together, except for the values that `if-exists: compare` reads afterwards.
 *
 * @throws {SyncError} for a store that cannot be written to, or whose permissions cannot be set.
 * @throws {WorkspaceError} if a request fails that the plan needs.
 */
export async function readCurrentState(target: ConnectedTarget, dryRun: boolean): Promise<CurrentState> {
  const { connection, secrets, permissions, options, isPrintableName } = target
  const purpose = { mustExist: secrets.length === 0, willPrune: options.prune !== undefined }
  // Not awaited yet, so that both run at the same time.
  const planPermissions = hasPermissions(permissions)
    ? connection.readPermissions(permissions, dryRun)
    : undefined
  const found = await connection.read(purpose)
  // The plan must know which keys of the map exist, even if their names are not safe to print. The workflow names them anyway.
  const mapKeys = new Set(secrets.map(({ key }) => normalizeKey(key)))
  const keys =
    found?.keys.filter(({ name }) => mapKeys.has(normalizeKey(name)) || isPrintableName(name)) ?? []
  const contents = found && { ...found, keys }
  return {
    contents,
    unprintable: (found?.keys.length ?? 0) - keys.length,
    permissions: await (await planPermissions)?.(found !== undefined, found?.keys),
    comparison:
      options.ifExists === 'compare' && contents !== undefined
        ? await compareValues(connection, secrets, contents)
        : undefined,
  }
}

import type { SecretsApi } from '../databricks/secrets-api.js'
import type { SecretMap } from '../secrets/secret-map.js'
import { compareValues, type Comparison } from './compare.js'
import type { SyncOptions } from './options.js'
import { findScope, type FoundScope, type WantedScope } from './scope.js'

/** What is there before a run writes anything: all that a plan is made from, besides what is wanted. */
export interface Current {
  /** Undefined where the scope is missing. */
  readonly scope: FoundScope | undefined
  /** How many keys of the scope are not among its keys here, since their names cannot be told. */
  readonly unnamed: number
  /** Which values are the map's already; undefined where that was not asked for. */
  readonly comparison: Comparison | undefined
}

/**
 * Reads what is there: in one wave of the network, and with `if-exists: compare` the values of the map's keys in as many
 * more as they take.
 *
 * @param canBeNamed Whether the name of a key can be told. A key for which it is false is in nobody's way: it is neither
 * deleted nor reported.
 * @throws {SyncError} for a scope that cannot be written to.
 * @throws {WorkspaceError} for every request without which there is no plan.
 */
export async function readCurrent(
  api: SecretsApi,
  map: SecretMap,
  wanted: WantedScope,
  { ifExists }: SyncOptions,
  canBeNamed: (key: string) => boolean,
): Promise<Current> {
  const found = await findScope(api, wanted.name)
  const keys = found?.keys.filter(({ name }) => canBeNamed(name)) ?? []
  const scope = found && { ...found, keys }
  const comparison =
    ifExists === 'compare' && scope !== undefined ? await compareValues(api, map, scope) : undefined
  return { scope, unnamed: (found?.keys.length ?? 0) - keys.length, comparison }
}

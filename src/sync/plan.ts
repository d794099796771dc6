import type { InputLocation } from '../secrets/input-error.js'
import { normalizeKey } from '../secrets/key.js'
import type { SecretEntry } from '../secrets/secret-map.js'
import { formatNumber } from '../format-number.js'
import type { PermissionPlan } from '../stores/permission-plan.js'
import { STORES, type StoreKind } from '../stores/store-definition.js'
import type { IfExists, ListedSecret } from '../stores/store.js'
import { SyncError } from '../stores/sync-error.js'
import type { Comparison } from './compare.js'
import type { CurrentState } from './current-state.js'
import { keysToDelete, unmatchedPatterns, type KeysToDelete } from './prune.js'
import type { Target } from './target.js'

/** The planned action for a key of the map, or for a key that exists only in the target. */
export type PlannedKey =
  | {
      readonly action: 'create' | 'update' | 'unchanged' | 'keep'
      readonly key: string
      readonly entry: SecretEntry
    }
  | { readonly action: 'delete'; readonly key: string }

/** All planned changes of one target. */
export interface Plan {
  readonly store: PlannedStore
  /** The keys of the map in its order, then those to delete in the order of the target. */
  readonly keys: readonly PlannedKey[]
  /** The existing keys outside the map that prune would delete if they were certainly this run's. */
  readonly protectedKeys: readonly ListedSecret[]
  /** The patterns of `prune-exclude` that match no key of the target; empty if the plan deletes nothing. */
  readonly unmatchedExcludes: readonly InputLocation[]
  /** Values that could not be compared, and are written; undefined if there are none. */
  readonly uncompared: Pick<Comparison, 'unreadable' | 'error'> | undefined
  /** Undefined to leave them alone; `unreadable` in a dry run that has no permission to read them. */
  readonly permissions: PermissionPlan | 'unreadable' | undefined
}

/** The scope or schema, and whether the run creates it. */
export interface PlannedStore {
  readonly kind: StoreKind
  /** The name in the spelling of the workspace, if it exists. */
  readonly name: string
  readonly action: 'create' | 'use'
  /** The existing keys. */
  readonly keys: readonly ListedSecret[]
  /** How many more keys exist whose names must not be printed. They are left alone. */
  readonly unprintable: number
  /** False if keys may exist that the workspace does not show to this run. */
  readonly isComplete: boolean
  /** True if the workspace did not report the identity of this run, so that all keys of other owners are protected. */
  readonly isIdentityUnknown?: boolean
  /** The id of the metastore; undefined where there is none. */
  readonly metastoreId?: string | undefined
}

/** The number of existing keys, including those whose names must not be printed. */
export function keyCount({ keys, unprintable }: PlannedStore): number {
  return keys.length + unprintable
}

/**
 * Plans the changes of a target. A pure function of the desired and the current state.
 *
 * @throws {SyncError} for a plan that is not allowed or not possible. Nothing has been written then.
 */
export function makePlan(target: Target, current: CurrentState): Plan {
  const { secrets, options } = target
  const { comparison, permissions } = current
  const store = planStore(target, current)
  const present = new Set(store.keys.map(({ name }) => normalizeKey(name)))
  const same = comparison?.same ?? new Set()
  const keys = secrets.map((entry): PlannedKey => {
    const { key } = entry
    if (!present.has(normalizeKey(key))) return { action: 'create', key, entry }
    return {
      action: same.has(normalizeKey(key)) ? 'unchanged' : ACTION_IF_EXISTS[options.ifExists],
      key,
      entry,
    }
  })
  const { prune } = options
  const { deletes, protectedKeys } =
    prune === undefined ? NOTHING_TO_DELETE : keysToDelete(target, store.keys, prune)
  const creates = keys.filter(({ action }) => action === 'create').length
  const existing = keyCount(store)
  const { maxKeys = Infinity } = STORES[store.kind].limits
  if (creates > 0 && existing + creates > maxKeys)
    throw tooMany(store, { existing, creates, deletes: deletes.length, maxKeys })
  return {
    store,
    keys: [...keys, ...deletes.map((key): PlannedKey => ({ action: 'delete', key }))],
    protectedKeys,
    unmatchedExcludes:
      prune === undefined || deletes.length === 0 ? [] : unmatchedPatterns(store.keys, prune),
    uncompared: comparison !== undefined && comparison.unreadable.length > 0 ? comparison : undefined,
    permissions,
  }
}

const NOTHING_TO_DELETE: KeysToDelete = { deletes: [], protectedKeys: [] }

const ACTION_IF_EXISTS: Record<IfExists, 'update' | 'keep'> = {
  update: 'update',
  compare: 'update',
  keep: 'keep',
}

function planStore({ store: { kind, name } }: Target, { contents, unprintable }: CurrentState): PlannedStore {
  if (contents === undefined)
    return { kind, name, action: 'create', keys: [], unprintable: 0, isComplete: true }
  return { kind, ...contents, unprintable, action: 'use' }
}

/**
 * Deletes do not make room for new keys. They come after all writes have succeeded, because a write that failed after them
 * would leave a job with neither the old secret nor the new one. So the store needs room for both.
 */
function tooMany(
  { kind, name }: PlannedStore,
  numbers: Readonly<Record<'existing' | 'creates' | 'deletes' | 'maxKeys', number>>,
): SyncError {
  const { existing, creates, deletes, maxKeys } = numbers
  const total = formatNumber(existing + creates)
  const parts = `${formatNumber(existing)} existing, ${formatNumber(creates)} new`
  const limit = formatNumber(maxKeys)
  return new SyncError(
    'quota',
    deletes === 0
      ? `The ${kind} "${name}" would hold ${total} keys (${parts}), and Databricks allows ${limit}. Nothing was written. ` +
          `Delete keys that are no longer used, or set another ${kind} in the input ${kind}.`
      : `The ${kind} "${name}" would hold ${total} keys (${parts}) before prune deletes ${formatNumber(deletes)}, and ` +
          `Databricks allows ${limit}. Nothing was written. Run once without the new keys, so that prune deletes the old ` +
          `ones, and then with them. Or set another ${kind} in the input ${kind}.`,
  )
}

import type { ListedKey } from '../databricks/secrets-api.js'
import type { InputLocation } from '../secrets/input-error.js'
import { MAX_KEYS, normalizeKey } from '../secrets/key.js'
import type { SecretEntry } from '../secrets/secret-map.js'
import { formatNumber } from '../format-number.js'
import type { Comparison } from './compare.js'
import type { CurrentState } from './current-state.js'
import type { IfExists } from './options.js'
import { planPermissions, type PermissionPlan } from './permissions.js'
import { keysToDelete, unmatchedPatterns } from './prune.js'
import { SyncError } from './sync-error.js'
import type { DesiredState } from './desired-state.js'

/** The planned action for a key of the map, or for a key that exists only in the scope. */
export type PlannedKey =
  | {
      readonly action: 'create' | 'update' | 'unchanged' | 'keep'
      readonly key: string
      readonly entry: SecretEntry
    }
  | { readonly action: 'delete'; readonly key: string }

/** All planned changes of a run. */
export interface Plan {
  readonly scope: PlannedScope
  /** The keys of the map in its order, then those to delete in the order of the scope. */
  readonly keys: readonly PlannedKey[]
  /** The patterns of `prune-exclude` that match no key of the scope; empty if the plan deletes nothing. */
  readonly unmatchedExcludes: readonly InputLocation[]
  /** Values that could not be compared, and are written; undefined if there are none. */
  readonly uncompared: Pick<Comparison, 'unreadable' | 'error'> | undefined
  /** Undefined to leave them alone; `unreadable` in a dry run that has no permission to read them. */
  readonly permissions: PermissionPlan | 'unreadable' | undefined
}

/** The scope, and whether the run creates it. */
export interface PlannedScope {
  /** The name in the spelling of the workspace, if the scope exists. */
  readonly name: string
  readonly action: 'create' | 'use'
  /** The existing keys. */
  readonly keys: readonly ListedKey[]
  /** How many more keys exist whose names must not be printed. They are left alone. */
  readonly unprintable: number
}

/** The number of keys in the scope, including those whose names must not be printed. */
export function keyCount({ keys, unprintable }: PlannedScope): number {
  return keys.length + unprintable
}

/**
 * Plans the changes of a run. A pure function of the desired and the current state.
 *
 * @throws {SyncError} for a plan that is not allowed or not possible. Nothing has been written then.
 */
export function makePlan(desired: DesiredState, current: CurrentState): Plan {
  const { secrets, options } = desired
  const { comparison, permissions } = current
  const scope = planScope(desired, current)
  const present = new Set(scope.keys.map(({ name }) => normalizeKey(name)))
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
  const deletes = prune === undefined ? [] : keysToDelete(desired, scope.keys, prune)
  const creates = keys.filter(({ action }) => action === 'create').length
  const existing = keyCount(scope)
  if (creates > 0 && existing + creates > MAX_KEYS)
    throw tooMany(scope.name, existing, creates, deletes.length)
  return {
    scope,
    keys: [...keys, ...deletes.map((key): PlannedKey => ({ action: 'delete', key }))],
    unmatchedExcludes:
      prune === undefined || deletes.length === 0 ? [] : unmatchedPatterns(scope.keys, prune),
    uncompared: comparison !== undefined && comparison.unreadable.length > 0 ? comparison : undefined,
    permissions:
      permissions &&
      (permissions.current === undefined
        ? 'unreadable'
        : planPermissions(desired.permissions, permissions.current, permissions.me)),
  }
}

const ACTION_IF_EXISTS: Record<IfExists, 'update' | 'keep'> = {
  update: 'update',
  compare: 'update',
  keep: 'keep',
}

function planScope(
  { secrets, scope: { name, create } }: DesiredState,
  { scope, unprintable }: CurrentState,
): PlannedScope {
  if (scope !== undefined) return { ...scope, unprintable, action: 'use' }
  if (secrets.length === 0) {
    throw new SyncError(
      'scope-not-found',
      `There is no scope "${name}" in this workspace, so there are no keys to report on. Correct the input scope.`,
    )
  }
  if (!create) {
    throw new SyncError(
      'scope-not-found',
      `There is no scope "${name}" in this workspace, and create-scope is false. Create it, correct the input scope, ` +
        'or set create-scope: true.',
    )
  }
  return { name, action: 'create', keys: [], unprintable: 0 }
}

/**
 * Deletes do not make room for new keys. They come after all writes have succeeded, because a write that failed after them
 * would leave a job with neither the old secret nor the new one. So the scope needs room for both.
 */
function tooMany(scope: string, existing: number, creates: number, deletes: number): SyncError {
  const total = formatNumber(existing + creates)
  const parts = `${formatNumber(existing)} existing, ${formatNumber(creates)} new`
  const limit = formatNumber(MAX_KEYS)
  return new SyncError(
    'quota',
    deletes === 0
      ? `The scope "${scope}" would hold ${total} keys (${parts}), and Databricks allows ${limit}. Nothing was written. ` +
          'Delete keys that are no longer used, or set another scope in the input scope.'
      : `The scope "${scope}" would hold ${total} keys (${parts}) before prune deletes ${formatNumber(deletes)}, and ` +
          `Databricks allows ${limit}. Nothing was written. Run once without the new keys, so that prune deletes the old ` +
          'ones, and then with them. Or set another scope in the input scope.',
  )
}

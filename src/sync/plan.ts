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

/** What is to happen with a key of the map, or with one that is in the scope alone. */
export type PlannedKey =
  | {
      readonly action: 'create' | 'update' | 'unchanged' | 'keep'
      readonly key: string
      readonly entry: SecretEntry
    }
  | { readonly action: 'delete'; readonly key: string }

/** What a run is to do. */
export interface Plan {
  readonly scope: PlannedScope
  /** The keys of the map in its order, then those to delete in the order of the scope. */
  readonly keys: readonly PlannedKey[]
  /** The patterns of `prune-exclude` that match no key of the scope, where keys are to be deleted. */
  readonly unmatchedExcludes: readonly InputLocation[]
  /** What could not be compared, and so is put; undefined where everything could, or nothing was to be. */
  readonly uncompared: Pick<Comparison, 'unreadable' | 'error'> | undefined
  /** Undefined where they are left alone; `unreadable` where a dry run may not read them. */
  readonly permissions: PermissionPlan | 'unreadable' | undefined
}

/** What is to happen with the scope. */
export interface PlannedScope {
  /** The name in the workspace's own spelling, once there is one. */
  readonly name: string
  readonly action: 'create' | 'use'
  /** What is in it now. */
  readonly keys: readonly ListedKey[]
  /** How many keys more are in it, whose names cannot be told: they are left alone. */
  readonly unprintable: number
}

/** How many keys are in the scope, those included whose names cannot be told. */
export function keyCount({ keys, unprintable }: PlannedScope): number {
  return keys.length + unprintable
}

/**
 * Decides what a run does, from what is wanted and what is there, and from nothing else.
 *
 * @throws {SyncError} for a plan that must not or cannot be carried out; nothing has been written then.
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
    return { action: same.has(normalizeKey(key)) ? 'unchanged' : FOR_PRESENT[options.ifExists], key, entry }
  })
  const { prune } = options
  const deletes = prune === undefined ? [] : keysToDelete(desired, scope.keys, prune)
  const creates = keys.filter(({ action }) => action === 'create').length
  const held = keyCount(scope)
  if (creates > 0 && held + creates > MAX_KEYS) throw tooMany(scope.name, held, creates, deletes.length)
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

const FOR_PRESENT: Record<IfExists, 'update' | 'keep'> = { update: 'update', compare: 'update', keep: 'keep' }

function planScope(
  { secrets, scope: { name, create } }: DesiredState,
  { scope, unprintable }: CurrentState,
): PlannedScope {
  if (scope !== undefined) return { ...scope, unprintable, action: 'use' }
  if (secrets.length === 0) {
    throw new SyncError(
      `There is no scope "${name}" in this workspace, so there are no keys to report on. Correct the input scope.`,
    )
  }
  if (!create) {
    throw new SyncError(
      `There is no scope "${name}" in this workspace, and create-scope is false. Create it, correct the input scope, ` +
        'or set create-scope: true.',
    )
  }
  return { name, action: 'create', keys: [], unprintable: 0 }
}

/**
 * Deletes make no room: they come when every put has succeeded, since a put that failed after them would leave a job
 * with neither the old secret nor the new one. So the scope holds both for a while, and has to have room for both.
 */
function tooMany(scope: string, present: number, creates: number, deletes: number): SyncError {
  const sum = `${formatNumber(present)} that are there and ${formatNumber(creates)} new ones`
  return new SyncError(
    deletes === 0
      ? `The scope "${scope}" would hold ${formatNumber(present + creates)} keys, ${sum}, and Databricks takes ${formatNumber(MAX_KEYS)}. Nothing ` +
          'was written. Delete keys that are no longer used, or name another scope in the input scope.'
      : `The scope "${scope}" would hold ${formatNumber(present + creates)} keys for a while, ${sum}, before the ${formatNumber(deletes)} that are ` +
          `not in the map are deleted, and Databricks takes ${formatNumber(MAX_KEYS)}. Nothing was written. Run once without the new ` +
          'keys, so that the old ones go, and then with them, or name another scope in the input scope.',
  )
}

import type { ListedKey } from '../databricks/secrets-api.js'
import type { Place } from '../fault.js'
import { MAX_KEYS, sameKey } from '../secrets/key.js'
import type { SecretEntry } from '../secrets/secret-map.js'
import { withThousands } from '../thousands.js'
import type { Comparison } from './compare.js'
import type { Current } from './current.js'
import type { IfExists } from './options.js'
import { planPermissions, type PermissionPlan } from './permissions.js'
import { keysToDelete, unmatchedPatterns } from './prune.js'
import { SyncError } from './sync-error.js'
import type { Wanted } from './wanted.js'

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
  readonly unmatchedExcludes: readonly Place[]
  /** What could not be compared, and so is put; undefined where everything could, or nothing was to be. */
  readonly uncompared: Pick<Comparison, 'unread' | 'error'> | undefined
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
  readonly unnamed: number
}

/** How many keys are in the scope, those included whose names cannot be told. */
export function sizeOf({ keys, unnamed }: PlannedScope): number {
  return keys.length + unnamed
}

/**
 * Decides what a run does, from what is wanted and what is there, and from nothing else.
 *
 * @throws {SyncError} for a plan that must not or cannot be carried out; nothing has been written then.
 */
export function makePlan(wanted: Wanted, current: Current): Plan {
  const { secrets, options } = wanted
  const { comparison, permissions } = current
  const scope = planScope(wanted, current)
  const present = new Set(scope.keys.map(({ name }) => sameKey(name)))
  const same = comparison?.same ?? new Set()
  const keys = secrets.map((entry): PlannedKey => {
    const { key } = entry
    if (!present.has(sameKey(key))) return { action: 'create', key, entry }
    return { action: same.has(sameKey(key)) ? 'unchanged' : FOR_PRESENT[options.ifExists], key, entry }
  })
  const { prune } = options
  const deletes = prune === undefined ? [] : keysToDelete(wanted, scope.keys, prune)
  const creates = keys.filter(({ action }) => action === 'create').length
  const held = sizeOf(scope)
  if (creates > 0 && held + creates > MAX_KEYS) throw tooMany(scope.name, held, creates, deletes.length)
  return {
    scope,
    keys: [...keys, ...deletes.map((key): PlannedKey => ({ action: 'delete', key }))],
    unmatchedExcludes:
      prune === undefined || deletes.length === 0 ? [] : unmatchedPatterns(scope.keys, prune),
    uncompared: comparison !== undefined && comparison.unread.length > 0 ? comparison : undefined,
    permissions:
      permissions &&
      (permissions.current === undefined
        ? 'unreadable'
        : planPermissions(wanted.permissions, permissions.current, permissions.me)),
  }
}

const FOR_PRESENT: Record<IfExists, 'update' | 'keep'> = { update: 'update', compare: 'update', keep: 'keep' }

function planScope({ secrets, scope: { name, create } }: Wanted, { scope, unnamed }: Current): PlannedScope {
  if (scope !== undefined) return { ...scope, unnamed, action: 'use' }
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
  return { name, action: 'create', keys: [], unnamed: 0 }
}

/**
 * Deletes make no room: they come when every put has succeeded, since a put that failed after them would leave a job
 * with neither the old secret nor the new one. So the scope holds both for a while, and has to have room for both.
 */
function tooMany(scope: string, present: number, creates: number, deletes: number): SyncError {
  const sum = `${withThousands(present)} that are there and ${withThousands(creates)} new ones`
  return new SyncError(
    deletes === 0
      ? `The scope "${scope}" would hold ${withThousands(present + creates)} keys, ${sum}, and Databricks takes ${withThousands(MAX_KEYS)}. Nothing ` +
          'was written. Delete keys that are no longer used, or name another scope in the input scope.'
      : `The scope "${scope}" would hold ${withThousands(present + creates)} keys for a while, ${sum}, before the ${withThousands(deletes)} that are ` +
          `not in the map are deleted, and Databricks takes ${withThousands(MAX_KEYS)}. Nothing was written. Run once without the new ` +
          'keys, so that the old ones go, and then with them, or name another scope in the input scope.',
  )
}

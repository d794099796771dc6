import { expectedPermissions, type PermissionResult } from '../stores/permission-plan.js'
import type { ListedSecret, StoreCreation } from '../stores/store.js'
import type { ConsumerSearch } from '../consumers/consumer.js'
import { retentionOf, type Retention } from './keys-in-use.js'
import type { Plan, PlannedKey } from './plan.js'
import type { Target } from './target.js'

/** The possible outcomes of a key. */
export const OUTCOMES = ['created', 'updated', 'unchanged', 'kept', 'deleted', 'failed'] as const

/** One of {@link OUTCOMES}. */
export type Outcome = (typeof OUTCOMES)[number]

/** The outcome of one key. */
export type KeyResult =
  | {
      readonly key: string
      readonly outcome: Exclude<Outcome, 'failed'>
      /** The secret after the write, as the workspace reports it; undefined if it does not, or nothing was written. */
      readonly secret?: ListedSecret
      /** True if the secret existed although the plan did not know it. */
      readonly wasUnseen?: boolean
      /** Why prune kept the key, although it is not in the map. */
      readonly retention?: Retention
    }
  | {
      readonly key: string
      readonly outcome: 'failed'
      readonly error: unknown
      /** True where the value was written, but could not be verified. */
      readonly written?: boolean
      /** True where the key was not deleted because another key failed. */
      readonly skipped?: boolean
    }

/** The result of a run, or the expected result in a dry run. Log, job summary, outputs and comment are made from it. */
export interface Result {
  /** True if nothing was written and the outcomes are only expected. */
  readonly dryRun: boolean
  /** Each target, in the order of the inputs. */
  readonly targets: readonly TargetResult[]
  /** The error that stopped the run before it read the targets: it could not sign in. */
  readonly stoppedBy?: unknown
  /** What the search for consumers found; undefined if the run did not search. */
  readonly consumers?: ConsumerSearch | undefined
}

/** The result of one target. */
export interface TargetResult {
  readonly target: Target
  /** The plan; undefined if the run stopped before it had one. */
  readonly plan: Plan | undefined
  /** How this run created the store; undefined if it did not. */
  readonly created: StoreCreation | undefined
  /** Each key in the order of the plan; empty if the run or this target stopped before the first secret was written. */
  readonly keys: readonly KeyResult[]
  /** Each permission in the order of the plan; empty if permissions are left alone. */
  readonly permissions: readonly PermissionResult[]
  /** The error that stopped this target. Before it, at most the store was created. */
  readonly stoppedBy?: unknown
}

/** The result of a run that did nothing. */
export const EMPTY_RESULT: Result = { dryRun: false, targets: [] }

/** The result of a target of which nothing is known. */
export function emptyTargetResult(target: Target): TargetResult {
  return { target, plan: undefined, created: undefined, keys: [], permissions: [] }
}

/** The outcome of each planned action if it succeeds. */
export const EXPECTED_OUTCOMES: Record<PlannedKey['action'], Exclude<Outcome, 'failed'>> = {
  create: 'created',
  update: 'updated',
  unchanged: 'unchanged',
  keep: 'kept',
  delete: 'deleted',
}

/**
 * The expected result of a plan, for a dry run.
 *
 * @param search What the search for consumers found; undefined if the run does not search.
 */
export function previewResult(result: TargetResult, search: ConsumerSearch | undefined): TargetResult {
  const { plan, target } = result
  if (plan === undefined) return result
  const retained = retentionOf({ options: target.options, plan }, search)
  const keys = plan.keys.map(({ key, action }): KeyResult => {
    const retention = action === 'delete' ? retained(key) : undefined
    return retention === undefined ? { key, outcome: EXPECTED_OUTCOMES[action] } : kept(key, retention)
  })
  const permissions = typeof plan.permissions === 'object' ? expectedPermissions(plan.permissions) : []
  return { ...result, keys, permissions }
}

/** The result of a key that prune does not delete. */
export function kept(key: string, retention: Retention): KeyResult {
  return { key, outcome: 'kept', retention }
}

/**
 * The keys with this outcome, in the order of the plan. If a target stopped after it was planned, because its store could not
 * be created, all of its keys failed.
 */
export function keysWithOutcome(
  outcome: Outcome,
  { keys, plan, ...result }: Pick<TargetResult, 'keys' | 'plan' | 'stoppedBy'>,
): string[] {
  if ('stoppedBy' in result) return outcome === 'failed' ? (plan?.keys ?? []).map(({ key }) => key) : []
  return keys.filter((each) => each.outcome === outcome).map(({ key }) => key)
}

/** Whether this run created the store, or in a dry run would create it. */
export function isStoreNew({ plan, created }: TargetResult, dryRun: boolean): boolean {
  return created !== undefined || (dryRun && plan?.store.action === 'create')
}

/** Whether anything was certainly written, or in a dry run would be. */
export function hasChanged({ targets, dryRun }: Result): boolean {
  return targets.some((target) => hasTargetChanged(target, dryRun))
}

/** The same for one target. */
export function hasTargetChanged(target: TargetResult, dryRun: boolean): boolean {
  return isStoreNew(target, dryRun) || [...target.keys, ...target.permissions].some(isWritten)
}

/** Whether this run changed or deleted the key, or changed the permission. */
export function isWritten(result: KeyResult | PermissionResult): boolean {
  return result.outcome === 'failed' ? result.written === true : WRITES.includes(result.outcome)
}

const WRITES: readonly (KeyResult | PermissionResult)['outcome'][] = [
  'created',
  'updated',
  'deleted',
  'set',
  'removed',
]

/** Whether a target was planned and then left alone, because another target stopped. */
export function isNotStarted({ plan, keys, permissions, ...result }: TargetResult): boolean {
  if (plan === undefined || 'stoppedBy' in result) return false
  const planned = typeof plan.permissions === 'object' ? plan.permissions.permissions.length : 0
  return keys.length < plan.keys.length || permissions.length < planned
}

/** Whether the run did everything that it planned. */
export function succeeded(result: Result): boolean {
  return !('stoppedBy' in result) && result.targets.every(targetSucceeded)
}

/** Whether everything that was planned for a target was done. */
export function targetSucceeded(result: TargetResult): boolean {
  const { keys, permissions } = result
  return !('stoppedBy' in result) && ![...keys, ...permissions].some(({ outcome }) => outcome === 'failed')
}

import { expectedPermissions, type PermissionResult } from '../stores/permission-plan.js'
import type { ListedSecret, StoreCreation } from '../stores/store.js'
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
}

/** The result of one target. */
export interface TargetResult {
  readonly target: Target
  /** The plan; undefined if the run stopped before it had one. */
  readonly plan: Plan | undefined
  /** How this run created the store; undefined if it did not. */
  readonly created: StoreCreation | undefined
  /** Each key in the order of the plan; empty if the run stopped before the first write to this target. */
  readonly keys: readonly KeyResult[]
  /** Each principal in the order of the input; empty if permissions are left alone. */
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

/** The expected result of a plan, for a dry run. */
export function previewResult(result: TargetResult): TargetResult {
  const { plan } = result
  if (plan === undefined) return result
  const keys = plan.keys.map(({ key, action }) => ({ key, outcome: EXPECTED_OUTCOMES[action] }))
  const permissions = typeof plan.permissions === 'object' ? expectedPermissions(plan.permissions) : []
  return { ...result, keys, permissions }
}

/** The keys with this outcome, in the order of the plan. */
export function keysWithOutcome(outcome: Outcome, { keys }: Pick<TargetResult, 'keys'>): string[] {
  return keys.filter((each) => each.outcome === outcome).map(({ key }) => key)
}

/** Whether this run created the store, or in a dry run would create it. */
export function isStoreNew({ plan, created }: TargetResult, dryRun: boolean): boolean {
  return created !== undefined || (dryRun && plan?.store.action === 'create')
}

/** Whether anything was certainly written, or in a dry run would be. */
export function hasChanged({ targets, dryRun }: Result): boolean {
  return targets.some(
    (target) => isStoreNew(target, dryRun) || [...target.keys, ...target.permissions].some(isWritten),
  )
}

/** Whether this run changed or deleted the key, or changed the permission. */
export function isWritten(result: KeyResult | PermissionResult): boolean {
  return result.outcome === 'failed' ? result.written === true : WRITES.includes(result.outcome)
}

const WRITES: readonly (KeyResult | PermissionResult)['outcome'][] = ['created', 'updated', 'deleted', 'set']

/** Whether the run did everything that it planned. */
export function succeeded(result: Result): boolean {
  return !('stoppedBy' in result) && result.targets.every(targetSucceeded)
}

/** Whether everything that was planned for a target was done. */
export function targetSucceeded(result: TargetResult): boolean {
  const { keys, permissions } = result
  return !('stoppedBy' in result) && ![...keys, ...permissions].some(({ outcome }) => outcome === 'failed')
}

import { expectedPermissions, type PermissionResult } from './apply-permissions.js'
import type { Plan, PlannedKey } from './plan.js'
import type { ScopeCreation } from './scope.js'

/** The possible outcomes of a key. */
export const OUTCOMES = ['created', 'updated', 'unchanged', 'kept', 'deleted', 'failed'] as const

/** One of {@link OUTCOMES}. */
export type Outcome = (typeof OUTCOMES)[number]

/** The outcome of one key. */
export type KeyResult =
  | { readonly key: string; readonly outcome: Exclude<Outcome, 'failed'> }
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
  /** The plan; undefined if the run stopped before it had one. */
  readonly plan: Plan | undefined
  /** How this run created the scope; undefined if it did not. */
  readonly created: ScopeCreation | undefined
  /** Each key in the order of the plan; empty if the run stopped before the first write. */
  readonly keys: readonly KeyResult[]
  /** Each principal in the order of the input; empty if permissions are left alone. */
  readonly permissions: readonly PermissionResult[]
  /** The error that stopped the run. Before it, at most the scope was written. */
  readonly stoppedBy?: unknown
}

/** The result of a run that did nothing. */
export const EMPTY_RESULT: Result = {
  dryRun: false,
  plan: undefined,
  created: undefined,
  keys: [],
  permissions: [],
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
export function previewResult(plan: Plan): Result {
  const keys = plan.keys.map(({ key, action }) => ({ key, outcome: EXPECTED_OUTCOMES[action] }))
  const permissions = typeof plan.permissions === 'object' ? expectedPermissions(plan.permissions) : []
  return { dryRun: true, plan, created: undefined, keys, permissions }
}

/** The keys with this outcome, in the order of the plan. */
export function keysWithOutcome(outcome: Outcome, { keys }: Pick<Result, 'keys'>): string[] {
  return keys.filter((each) => each.outcome === outcome).map(({ key }) => key)
}

/** Whether this run created the scope, or in a dry run would create it. */
export function isScopeNew({ dryRun, plan, created }: Result): boolean {
  return created !== undefined || (dryRun && plan?.scope.action === 'create')
}

/** Whether anything was certainly written, or in a dry run would be. */
export function hasChanged(result: Result): boolean {
  const { keys, permissions } = result
  return isScopeNew(result) || keys.some(isWritten) || permissions.some(isWritten)
}

/** Whether this run changed or deleted the key, or changed the permission. */
export function isWritten(result: KeyResult | PermissionResult): boolean {
  return result.outcome === 'failed' ? result.written === true : WRITES.includes(result.outcome)
}

const WRITES: readonly (KeyResult | PermissionResult)['outcome'][] = ['created', 'updated', 'deleted', 'set']

/** Whether the run did everything that it planned. */
export function succeeded(result: Result): boolean {
  const { keys, permissions } = result
  return !('stoppedBy' in result) && ![...keys, ...permissions].some(({ outcome }) => outcome === 'failed')
}

import { expectedPermissions, type PermissionResult } from './apply-permissions.js'
import type { Plan, PlannedKey } from './plan.js'
import type { ScopeCreation } from './scope.js'

/** What may become of a key. */
export const OUTCOMES = ['created', 'updated', 'unchanged', 'kept', 'deleted', 'failed'] as const

/** One of {@link OUTCOMES}. */
export type Outcome = (typeof OUTCOMES)[number]

/** What became of one key. */
export type KeyResult =
  | { readonly key: string; readonly outcome: Exclude<Outcome, 'failed'> }
  | {
      readonly key: string
      readonly outcome: 'failed'
      readonly error: unknown
      /** True where the value was put all the same, and what came after failed. */
      readonly written?: boolean
      /** True where it was to be deleted, and that was not even tried, since not all secrets arrived. */
      readonly heldBack?: boolean
    }

/** What a run came to, or in a dry run would come to: the one source of log, job summary, outputs and comment. */
export interface Result {
  /** True when nothing was written, and all that is said here is what would be. */
  readonly dryRun: boolean
  /** What was to be done; undefined when the run stopped before it was known. */
  readonly plan: Plan | undefined
  /** How this run created the scope; undefined where it did not. */
  readonly created: ScopeCreation | undefined
  /** Each key of the plan in its order; empty when the run stopped before the first write. */
  readonly keys: readonly KeyResult[]
  /** Each principal of the input in its order; empty where permissions are left alone. */
  readonly permissions: readonly PermissionResult[]
  /** The error that stopped the run: before anything was written, but for the scope. */
  readonly stoppedBy?: unknown
}

/** What a run has come to that has not begun. */
export const EMPTY_RESULT: Result = {
  dryRun: false,
  plan: undefined,
  created: undefined,
  keys: [],
  permissions: [],
}

/** What becomes of a key for which all goes well. */
export const EXPECTED_OUTCOMES: Record<PlannedKey['action'], Exclude<Outcome, 'failed'>> = {
  create: 'created',
  update: 'updated',
  unchanged: 'unchanged',
  keep: 'kept',
  delete: 'deleted',
}

/** What a dry run tells: all of the plan, as if it had gone well. */
export function previewResult(plan: Plan): Result {
  const keys = plan.keys.map(({ key, action }) => ({ key, outcome: EXPECTED_OUTCOMES[action] }))
  const permissions = typeof plan.permissions === 'object' ? expectedPermissions(plan.permissions) : []
  return { dryRun: true, plan, created: undefined, keys, permissions }
}

/** The keys that ended in this way, in the order of the plan. */
export function keysWithOutcome(outcome: Outcome, { keys }: Pick<Result, 'keys'>): string[] {
  return keys.filter((each) => each.outcome === outcome).map(({ key }) => key)
}

/** Whether the scope is new because of this run, or in a dry run would be. */
export function isScopeNew({ dryRun, plan, created }: Result): boolean {
  return created !== undefined || (dryRun && plan?.scope.action === 'create')
}

/** Whether anything was written for sure, or in a dry run would be. */
export function hasChanged(result: Result): boolean {
  const { keys, permissions } = result
  return isScopeNew(result) || keys.some(isWritten) || permissions.some(isWritten)
}

/** Whether the key or the permission is another one, or gone, because of this run. */
export function isWritten(one: KeyResult | PermissionResult): boolean {
  return one.outcome === 'failed' ? one.written === true : WRITES.includes(one.outcome)
}

const WRITES: readonly (KeyResult | PermissionResult)['outcome'][] = ['created', 'updated', 'deleted', 'set']

/** True when the run did all that it was to do. */
export function succeeded(result: Result): boolean {
  const { keys, permissions } = result
  return !('stoppedBy' in result) && ![...keys, ...permissions].some(({ outcome }) => outcome === 'failed')
}

import type { ConsumerSearch } from '../consumers/consumer.js'
import { plannedRemovals } from '../stores/planned-removals.js'
import type { StoreCreation } from '../stores/store.js'
import { SyncError } from '../stores/sync-error.js'
import { deleteKeys, writeKeys } from './apply-keys.js'
import { readCurrentState } from './current-state.js'
import { retentionOf, scopesToSearch, type SearchForConsumers } from './keys-in-use.js'
import { keyCount, makePlan, type Plan, type PlannedStore } from './plan.js'
import {
  emptyTargetResult,
  previewResult,
  targetSucceeded,
  type Result,
  type TargetResult,
} from './result.js'
import type { ConnectedTarget } from './target.js'

/** Callbacks during a sync. */
export interface Progress {
  /** The plan of a target is known. Called again if its state had to be read once more. */
  readonly onPlan: (plan: Plan) => void
  /** This run created the store. */
  readonly onCreation: (store: PlannedStore, creation: StoreCreation) => void
  /** The search for consumers has ended, before any key is deleted. */
  readonly onSearch: (search: ConsumerSearch) => void
  /** The keys of a target that are deleted next. */
  readonly onDelete: (store: PlannedStore, keys: readonly string[]) => void
}

/**
 * Writes all targets, in phases: reads and plans all of them, and if one plan is refused, writes nothing. Then it writes all
 * secrets, deletes keys, and sets permissions. So a key that moves from one target to another is never in neither. A dry run
 * stops after the plans.
 *
 * Never throws. An error that stops a target is part of its result. It does not stop the other targets, but after a failed
 * write nothing is deleted in any.
 *
 * @param search Searches for consumers while the secrets are written. What it finds is known before keys are deleted.
 * Undefined if no target asks for it.
 */
export async function sync(
  targets: readonly ConnectedTarget[],
  dryRun: boolean,
  progress: Progress,
  search?: SearchForConsumers,
): Promise<Result> {
  const planned = await Promise.all(targets.map(async (target) => await planTarget(target, dryRun)))
  for (const { plan } of planned) if (plan !== undefined) progress.onPlan(plan)
  if (!planned.every(targetSucceeded)) return { dryRun, targets: planned }
  if (dryRun) {
    const consumers = await search?.(
      scopesToSearch(planned.flatMap(({ target, plan }) => (plan ? [{ ...target, plan }] : []))),
    )
    if (consumers !== undefined) progress.onSearch(consumers)
    return { dryRun, targets: planned.map((result) => previewResult(result, consumers)), consumers }
  }

  const results = await Promise.all(
    targets.map(async (target, index) => {
      const result = planned[index] ?? emptyTargetResult(target)
      return result.plan?.store.action === 'create' ? await createStore(target, result, progress) : result
    }),
  )
  const started = targets.flatMap((target, index) => {
    const { plan, ...result } = results[index] ?? emptyTargetResult(target)
    return plan === undefined || 'stoppedBy' in result ? [] : [{ ...target, plan, index }]
  })
  const scopes = scopesToSearch(started)
  // Not awaited yet, so that it runs while the secrets are written.
  const searching = scopes.length > 0 ? search?.(scopes) : undefined
  const written = await writeKeys(started)
  const consumers = await searching
  if (consumers !== undefined) progress.onSearch(consumers)
  const hasFailed =
    started.length < targets.length || written.flat().some(({ outcome }) => outcome === 'failed')
  const deleted = await deleteKeys(
    started,
    hasFailed,
    started.map((target) => retentionOf(target, consumers)),
    progress.onDelete,
  )
  for (const [position, { connection, plan, index }] of started.entries()) {
    const result = results[index]
    if (result === undefined) continue
    const keys = [...(written[position] ?? []), ...(deleted[position] ?? [])]
    // Last, because a change may lower the permission of this run. One target after the other: see putPermission.
    const permissions =
      typeof plan.permissions === 'object' ? await connection.applyPermissions(plan.permissions) : []
    results[index] = { ...result, keys, permissions }
  }
  return { dryRun, targets: results, consumers }
}

async function planTarget(target: ConnectedTarget, dryRun: boolean): Promise<TargetResult> {
  const result = emptyTargetResult(target)
  try {
    return { ...result, plan: makePlan(target, await readCurrentState(target, dryRun)) }
  } catch (error) {
    return { ...result, stoppedBy: error }
  }
}

/** Creates the store of a target. If another job may have created it in the meantime, the target is planned again. */
async function createStore(
  target: ConnectedTarget,
  planned: TargetResult,
  progress: Progress,
): Promise<TargetResult> {
  const { connection, permissions } = target
  let result = planned
  try {
    const { creation, inDoubt } = await connection.create(permissions.lines.length > 0)
    result = { ...result, created: creation }
    let { plan } = result
    if (inDoubt !== undefined) {
      try {
        plan = makePlan(target, await readCurrentState(target, false))
      } catch (error) {
        if (error instanceof SyncError || inDoubt.hasErrorCode('RESOURCE_ALREADY_EXISTS')) throw error
        result = { ...result, created: undefined }
        throw inDoubt
      }
      if (plan.store.action === 'create' || !isEmptyAndUnshared(plan))
        result = { ...result, created: undefined }
      if (plan.store.action === 'create') throw inDoubt
      result = { ...result, plan }
    }
    if (plan === undefined) return result
    if (result.created === undefined) {
      progress.onPlan(plan)
      return result
    }
    progress.onCreation(plan.store, result.created)
    await connection.checkCreation(result.created, permissions.lines.length > 0)
    return result
  } catch (error) {
    return { ...result, stoppedBy: error }
  }
}

/** Whether the store has no secrets and, if permissions were read, no other principals. */
function isEmptyAndUnshared({ store, permissions }: Plan): boolean {
  const others =
    typeof permissions === 'object' ? [...permissions.others, ...plannedRemovals(permissions)] : []
  return keyCount(store) === 0 && others.every(({ principal }) => principal === 'users')
}

import { applyPermissions } from './apply-permissions.js'
import { applyKeys } from './apply-keys.js'
import { readCurrentState, type WorkspaceApi } from './current-state.js'
import { checkPermissionsExist } from './permission-refusal.js'
import { makePlan, keyCount, type Plan } from './plan.js'
import { previewResult, EMPTY_RESULT, type Result } from './result.js'
import { createScope, type ScopeCreation } from './scope.js'
import { SyncError } from './sync-error.js'
import type { DesiredState } from './desired-state.js'

/** Callbacks during a sync. */
export interface Progress {
  /** The plan is known. Called again if the state had to be read once more. */
  readonly onPlan: (plan: Plan) => void
  /** This run created the scope. */
  readonly onCreation: (scope: string, creation: ScopeCreation) => void
  /** The keys that are deleted next. */
  readonly onDelete: (keys: readonly string[]) => void
}

/**
 * Writes the map to the scope: reads the current state, plans, and applies the plan. A dry run stops after the plan.
 *
 * Never throws. An error that stops the run before the first secret is written is part of the result.
 */
export async function sync(api: WorkspaceApi, desired: DesiredState, progress: Progress): Promise<Result> {
  const { scope, permissions, options } = desired
  const { dryRun, verify } = options
  const readAndPlan = async (): Promise<Plan> => makePlan(desired, await readCurrentState(api, desired))

  let result: Result = { ...EMPTY_RESULT, dryRun }
  try {
    let plan = await readAndPlan()
    progress.onPlan(plan)
    if (dryRun) return previewResult(plan)
    if (plan.scope.action === 'create') {
      const { creation, inDoubt } = await createScope(api.secrets, scope, permissions.length > 0)
      result = { ...result, plan, created: creation }
      if (inDoubt !== undefined) {
        // Another job may have created it since the state was read, so the plan is made again.
        try {
          plan = await readAndPlan()
        } catch (error) {
          if (error instanceof SyncError || inDoubt.hasErrorCode('RESOURCE_ALREADY_EXISTS')) throw error
          result = { ...result, created: undefined }
          throw inDoubt
        }
        if (plan.scope.action === 'create' || !isEmptyAndUnshared(plan))
          result = { ...result, created: undefined }
        if (plan.scope.action === 'create') throw inDoubt
      }
      if (result.created === undefined) progress.onPlan(plan)
      else progress.onCreation(plan.scope.name, result.created)
      if (result.created?.managedBy === 'users' && permissions.length > 0) {
        // On the Standard plan, permissions can only fail, and would do so after all secrets are written.
        await checkPermissionsExist(api.secrets, plan.scope.name)
      }
    }
    const keys = await applyKeys(api.secrets, plan, { verify, onDelete: progress.onDelete })
    result = { ...result, plan, keys }
    if (typeof plan.permissions !== 'object') return result
    // Last, because a change may lower the permission of this run.
    return { ...result, permissions: await applyPermissions(api.secrets, plan.scope.name, plan.permissions) }
  } catch (error) {
    return { ...result, stoppedBy: error }
  }
}

/** Whether the scope has no secrets and, if permissions were read, no other principals. */
function isEmptyAndUnshared({ scope, permissions }: Plan): boolean {
  const others = typeof permissions === 'object' ? permissions.others : []
  return keyCount(scope) === 0 && others.every(({ principal }) => principal === 'users')
}

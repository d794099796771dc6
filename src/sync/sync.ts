import { applyPermissions } from './apply-permissions.js'
import { applyKeys } from './apply.js'
import { readCurrentState, type WorkspaceApi } from './current-state.js'
import { checkPermissionsExist } from './permission-refusal.js'
import { makePlan, keyCount, type Plan } from './plan.js'
import { previewResult, EMPTY_RESULT, type Result } from './result.js'
import { createScope, type ScopeCreation } from './scope.js'
import { SyncError } from './sync-error.js'
import type { DesiredState } from './desired-state.js'

/** Called while a sync goes on, each ahead of what it tells of or just behind it. */
export interface Progress {
  readonly onPlan: (plan: Plan) => void
  readonly onCreation: (scope: string, creation: ScopeCreation) => void
  readonly onDelete: (keys: readonly string[]) => void
}

/**
 * Brings the map into the scope: sees what is there, plans, and applies the plan, or in a dry run only tells it.
 *
 * Nothing is thrown: an error that stops the run ahead of the first put is part of the result, beside all that is known.
 */
export async function sync(api: WorkspaceApi, desired: DesiredState, progress: Progress): Promise<Result> {
  const { scope, permissions, options } = desired
  const { dryRun, verify } = options
  const look = async (): Promise<Plan> => makePlan(desired, await readCurrentState(api, desired))

  let result: Result = { ...EMPTY_RESULT, dryRun }
  try {
    let plan = await look()
    progress.onPlan(plan)
    if (dryRun) return previewResult(plan)
    if (plan.scope.action === 'create') {
      const { creation, inDoubt } = await createScope(api.secrets, scope, permissions.length > 0)
      result = { ...result, plan, created: creation }
      if (inDoubt !== undefined) {
        // Another job may have created it since we looked: its keys and its permissions decide what is to be done.
        try {
          plan = await look()
        } catch (error) {
          if (error instanceof SyncError || inDoubt.hasErrorCode('RESOURCE_ALREADY_EXISTS')) throw error
          result = { ...result, created: undefined }
          throw inDoubt
        }
        if (plan.scope.action === 'create' || !isUntouched(plan)) result = { ...result, created: undefined }
        if (plan.scope.action === 'create') throw inDoubt
      }
      if (result.created === undefined) progress.onPlan(plan)
      else progress.onCreation(plan.scope.name, result.created)
      if (result.created?.managedBy === 'users' && permissions.length > 0) {
        // On the Standard plan, where this scope is as new scopes are, permissions can only fail, when all is written.
        await checkPermissionsExist(api.secrets, plan.scope.name)
      }
    }
    const keys = await applyKeys(api.secrets, plan, { verify, onDelete: progress.onDelete })
    result = { ...result, plan, keys }
    if (typeof plan.permissions !== 'object') return result
    // When all else is done: to give somebody less may be to give it to ourselves.
    return { ...result, permissions: await applyPermissions(api.secrets, plan.scope.name, plan.permissions) }
  } catch (error) {
    return { ...result, stoppedBy: error }
  }
}

/** Whether nobody has put a secret into the scope or, as far as permissions were read, given one to anybody else. */
function isUntouched({ scope, permissions }: Plan): boolean {
  const others = typeof permissions === 'object' ? permissions.others : []
  return keyCount(scope) === 0 && others.every(({ principal }) => principal === 'users')
}

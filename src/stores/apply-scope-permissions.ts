import type { ListedPermission, SecretsApi } from '../databricks/secrets-api.js'
import { isPermission } from '../databricks/permission.js'
import { isNotFound } from '../databricks/workspace-error.js'
import {
  permissionResult,
  type PermissionFailure,
  type PermissionPlan,
  type PermissionResult,
  type PlannedPermission,
} from './permission-plan.js'
import { applyChanges, REPEAT_WAIT_MS } from './apply-changes.js'
import { notConfirmed, notRemoved } from './permission-errors.js'
import { plannedRemovals } from './planned-removals.js'
import { findPrincipal } from './principals.js'
import { revokesManage } from './scope-permissions.js'
import { SyncError } from './sync-error.js'

/**
 * Sets and removes the permissions of the plan, one after the other, and reads them back. A workspace can lose permissions
 * that are set at the same time (seen). One failure does not stop the others. MANAGE is only revoked after it is certain that
 * the new managers have it, and a permission is only removed after it is certain that all others are set. The result has the
 * order of the plan.
 *
 * It takes one call for each permission and one to read them back, or two if MANAGE is both granted and revoked, or a
 * permission is removed. If the workspace does not list a permission, these calls are repeated up to three times.
 *
 * @param scope The name of the scope.
 * @param waitMs The wait before a permission is changed again, in ms.
 */
export async function applyScopePermissions(
  api: PermissionsApi,
  scope: string,
  plan: PermissionPlan,
  waitMs = REPEAT_WAIT_MS,
): Promise<PermissionResult[]> {
  const { permissions, sets } = plan
  const removals = plannedRemovals(plan)
  const granted = sets.filter(({ permission }) => permission === 'MANAGE')
  // After its own MANAGE is revoked, this run may not be able to remove anything.
  const revoked = granted.length + removals.length === 0 ? [] : sets.filter(revokesManage)
  const failures = new Map<PlannedPermission, PermissionFailure>()
  const changeAll = async (changes: readonly PlannedPermission[]): Promise<void> => {
    await applyChanges(changes, failures, waitMs, {
      send: async (some, _, isRepeat) => {
        for (const each of some) {
          try {
            await change(api, scope, each)
          } catch (error) {
            failures.set(each, { error, ...(isRepeat && { written: true }) })
          }
        }
      },
      list: async () => await api.listPermissions(scope),
      isDone,
      notListed,
    })
  }
  await changeAll(sets.filter((each) => !revoked.includes(each)))
  const [notSet] = failures.keys()
  const notGranted = granted.find((each) => failures.has(each))
  if (notSet !== undefined)
    for (const each of removals) failures.set(each, { error: notRemoved(each, notSet) })
  if (notGranted !== undefined)
    for (const each of revoked) failures.set(each, { error: notRevoked(each, notGranted) })
  await changeAll([...removals, ...revoked].filter((each) => !failures.has(each)))
  return permissions.map((each) => permissionResult(each, failures.get(each)))
}

type PermissionsApi = Pick<SecretsApi, 'listPermissions' | 'putPermission' | 'deletePermission'>

async function change(api: PermissionsApi, scope: string, planned: PlannedPermission): Promise<void> {
  const { principal, permission, action } = planned
  if (action !== 'remove') {
    await api.putPermission(scope, principal, permission)
    return
  }
  try {
    await api.deletePermission(scope, principal)
  } catch (error) {
    // An earlier try or another job may have removed it. The list shows whether it is gone.
    if (!isNotFound(error)) throw error
  }
}

function isDone(planned: PlannedPermission, listed: readonly ListedPermission[]): boolean {
  const { principal, permission, action } = planned
  // Another group may have the same name in other capitals, and keep its permission.
  if (action === 'remove') return !listed.some((each) => each.principal === principal)
  return findPrincipal(listed, principal)?.permission === permission
}

function notListed(planned: PlannedPermission, listed: readonly ListedPermission[]): SyncError {
  const found = findPrincipal(listed, planned.principal)?.permission
  const shown = found === undefined || isPermission(found) ? found : 'something else'
  return notConfirmed(planned, shown, 'scope')
}

function notRevoked({ principal }: PlannedPermission, notGranted: PlannedPermission): SyncError {
  return new SyncError(
    'permissions-input',
    `MANAGE was not revoked from "${principal}", because it is not certain that "${notGranted.principal}" has it. ` +
      'Correct that first, then run the job again.',
    { untrusted: [principal, notGranted.principal] },
  )
}

import type { ListedPermission, SecretsApi } from '../databricks/secrets-api.js'
import { isPermission } from '../databricks/permission.js'
import {
  expectedPermission,
  type PermissionFailure,
  type PermissionPlan,
  type PermissionResult,
  type PlannedPermission,
} from './permission-plan.js'
import { findPermission, revokesManage } from './scope-permissions.js'
import { SyncError } from './sync-error.js'

/** How often a permission is set again that the workspace accepted but does not list. */
const MAX_REPEATS = 3

/** The wait before each repeat, in ms. */
const REPEAT_WAIT_MS = 1_000

/**
 * Sets the permissions of the plan, one after the other, and reads them back. A workspace can lose permissions that are set
 * at the same time (seen). One failure does not stop the others. MANAGE is only revoked after it is certain that
 * the new managers have it. The result has the order of the input.
 *
 * It takes one call for each permission and one to read them back, or two if MANAGE is both granted and revoked. If the
 * workspace does not list a permission, these calls are repeated up to three times.
 *
 * @param scope The name of the scope.
 * @param waitMs The wait before a permission is set again, in ms.
 */
export async function applyScopePermissions(
  api: PermissionsApi,
  scope: string,
  { permissions, sets }: PermissionPlan,
  waitMs = REPEAT_WAIT_MS,
): Promise<PermissionResult[]> {
  const granted = sets.filter(({ permission }) => permission === 'MANAGE')
  const revoked = granted.length === 0 ? [] : sets.filter(revokesManage)
  const failures = new Map<PlannedPermission, PermissionFailure>()
  await setAll(
    api,
    scope,
    sets.filter((each) => !revoked.includes(each)),
    failures,
    waitMs,
  )
  const notGranted = granted.find((each) => failures.has(each))
  if (notGranted === undefined) await setAll(api, scope, revoked, failures, waitMs)
  else for (const each of revoked) failures.set(each, { error: notRevoked(each, notGranted) })
  return permissions.map((each) => {
    const failure = failures.get(each)
    return failure === undefined
      ? expectedPermission(each)
      : { ...expectedPermission(each), outcome: 'failed', ...failure }
  })
}

type PermissionsApi = Pick<SecretsApi, 'listPermissions' | 'putPermission'>

/**
 * Sets permissions, reads them back, and adds the errors to `failures`. A permission that the workspace accepted but does
 * not list is set and read again, because workspaces apply some late or never (seen).
 */
async function setAll(
  api: PermissionsApi,
  scope: string,
  sets: readonly PlannedPermission[],
  failures: Map<PlannedPermission, PermissionFailure>,
  waitMs: number,
): Promise<void> {
  let missing = sets
  for (let repeats = 0; ; repeats++) {
    for (const each of missing) {
      try {
        await api.putPermission(scope, each.principal, each.permission)
      } catch (error) {
        failures.set(each, { error, ...(repeats > 0 && { written: true }) })
      }
    }
    const done = sets.filter((each) => !failures.has(each))
    if (done.length === 0) return
    let listed: readonly ListedPermission[]
    try {
      listed = await api.listPermissions(scope)
    } catch (error) {
      // It is not certain that any of them is set.
      for (const each of done) failures.set(each, { error, written: true })
      return
    }
    const foundFor = ({ principal }: PlannedPermission): string | undefined =>
      findPermission(listed, principal)?.permission
    missing = done.filter((each) => foundFor(each) !== each.permission)
    if (missing.length === 0) return
    if (repeats === MAX_REPEATS) {
      for (const each of missing)
        failures.set(each, { error: notListed(each, foundFor(each)), written: true })
      return
    }
    await new Promise((resolve) => setTimeout(resolve, waitMs))
  }
}

function notListed({ principal, permission }: PlannedPermission, found: string | undefined): SyncError {
  const readsBack =
    found === undefined ? 'is not listed' : `reads back as ${isPermission(found) ? found : 'something else'}`
  return new SyncError(
    'permissions-input',
    `The permission of "${principal}" was set to ${permission} several times and ${readsBack}. Run the job again. If it ` +
      'fails again, look for another job that sets the permissions of this scope.',
    { untrusted: [principal] },
  )
}

function notRevoked({ principal }: PlannedPermission, notGranted: PlannedPermission): SyncError {
  return new SyncError(
    'permissions-input',
    `MANAGE was not revoked from "${principal}", because it is not certain that "${notGranted.principal}" has it.`,
    { untrusted: [principal, notGranted.principal] },
  )
}

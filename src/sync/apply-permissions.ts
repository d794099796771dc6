import type { ListedPermission, SecretsApi } from '../databricks/secrets-api.js'
import { isPermission, type Permission } from '../databricks/permission.js'
import { findPermission, revokesManage, type PermissionPlan, type PlannedPermission } from './permissions.js'
import { SyncError } from './sync-error.js'

/** So many times a permission that was accepted and is not listed is put again. */
const MAX_REPEATS = 3

/** How long to wait before that, in ms. */
const REPEAT_WAIT_MS = 1_000

/** What became of one principal of the input `permissions`. */
export type PermissionResult = {
  readonly principal: string
  readonly permission: Permission
  /** What it had before, in the workspace's word; absent if it was not listed. */
  readonly from?: string
} & ({ readonly outcome: 'set' | 'unchanged' } | ({ readonly outcome: 'failed' } & PermissionFailure))

/** Why a permission is not proved to be there. */
export interface PermissionFailure {
  readonly error: unknown
  /** True where it was set all the same, and reading it back failed. */
  readonly written?: boolean
}

/** What a plan comes to when nothing fails: what a dry run tells. The order is that of the input. */
export function expectedPermissions({ permissions }: PermissionPlan): PermissionResult[] {
  return permissions.map((each) => resultOf(each))
}

/**
 * Sets what the plan has to set, one after the other, and reads it back: permissions that were put at the same time have
 * been seen to get lost. One failure does not stop the others, but MANAGE is taken from nobody before those who are given
 * it are known to have it. The result has the order of the input.
 *
 * That takes a call for each, and one to read them back, or two where MANAGE is both given and taken; and as many more,
 * at most three times, for what the workspace does not apply at once.
 *
 * @param scope The scope's name.
 * @param waitMs How long to wait before what is not listed is put again, in ms.
 */
export async function applyPermissions(
  api: PermissionsApi,
  scope: string,
  { permissions, sets }: PermissionPlan,
  waitMs = REPEAT_WAIT_MS,
): Promise<PermissionResult[]> {
  const given = sets.filter(({ permission }) => permission === 'MANAGE')
  const taken = given.length === 0 ? [] : sets.filter(revokesManage)
  const failures = new Map<PlannedPermission, PermissionFailure>()
  await setAll(
    api,
    scope,
    sets.filter((each) => !taken.includes(each)),
    failures,
    waitMs,
  )
  const notGiven = given.find((each) => failures.has(each))
  if (notGiven === undefined) await setAll(api, scope, taken, failures, waitMs)
  else for (const each of taken) failures.set(each, { error: notTaken(each, notGiven) })
  return permissions.map((each) => {
    const failure = failures.get(each)
    return failure === undefined ? resultOf(each) : { ...resultOf(each), outcome: 'failed', ...failure }
  })
}

type PermissionsApi = Pick<SecretsApi, 'listPermissions' | 'putPermission'>

/**
 * Sets some of them, reads back what was set, and notes which of them failed. What the workspace has accepted and does not
 * list is put and read again: it has been seen to be applied late, or not at all.
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
      // Nothing of it is proved.
      for (const each of done) failures.set(each, { error, written: true })
      return
    }
    const foundFor = ({ principal }: PlannedPermission): string | undefined =>
      findPermission(listed, principal)?.permission
    missing = done.filter((each) => foundFor(each) !== each.permission)
    if (missing.length === 0) return
    if (repeats === MAX_REPEATS) {
      for (const each of missing) failures.set(each, { error: notThere(each, foundFor(each)), written: true })
      return
    }
    await new Promise((resolve) => setTimeout(resolve, waitMs))
  }
}

function resultOf({ principal, permission, from, action }: PlannedPermission): PermissionResult {
  return { principal, permission, ...(from !== undefined && { from }), outcome: action }
}

function notThere({ principal, permission }: PlannedPermission, found: string | undefined): SyncError {
  const readsBack =
    found === undefined ? 'is not there' : `reads back as ${isPermission(found) ? found : 'something else'}`
  return new SyncError(
    `The permission of "${principal}" was set to ${permission} and ${readsBack}, also after it was set again. Run the job again; if that does not ` +
      'help, find out who else sets the permissions of this scope.',
    [principal],
  )
}

function notTaken({ principal }: PlannedPermission, notGiven: PlannedPermission): SyncError {
  return new SyncError(
    `MANAGE was not taken from "${principal}", since it is not sure that "${notGiven.principal}" has it.`,
    [principal, notGiven.principal],
  )
}

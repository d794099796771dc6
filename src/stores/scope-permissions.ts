import type { Identity } from '../databricks/identity-api.js'
import { PERMISSIONS } from '../databricks/permission.js'
import type { ListedPermission } from '../databricks/secrets-api.js'
import {
  normalizePrincipal,
  type DesiredPermission,
  type DesiredPermissions,
  type PermissionPlan,
  type PlannedSet,
} from './permission-plan.js'
import { planRemovals } from './planned-removals.js'
import { findPrincipal, isAmong, isOnePrincipal, isOurs, mayBeOurs } from './principals.js'
import { SyncError } from './sync-error.js'

/** The permissions of a scope: as listed, or for a scope that this run creates, its first manager. */
export type CurrentPermissions = readonly ListedPermission[] | 'creator' | 'users'

/**
 * Plans which permissions to set, and which to remove. A pure function of the input and the current permissions.
 *
 * A permission is only removed if its principal is certainly not named, and if this run certainly does not need it to manage
 * the scope.
 *
 * @param me The identity of this run; undefined where it is unknown.
 * @throws {SyncError} for a plan that may revoke this run's own MANAGE, because the run could not undo that.
 */
export function planScopePermissions(
  { lines: desired, exact }: DesiredPermissions,
  current: CurrentPermissions,
  me: Identity | undefined,
): PermissionPlan {
  const listed = listOf(current, me)
  checkManagement(desired, listed, me, current === 'creator')
  const sets = desired.map((each): PlannedSet => {
    const found = findPrincipal(listed, each.principal)
    // Group names may be case-sensitive. If the case differs, setting the permission again is safe.
    const isSet = found?.permission === each.permission && isOnePrincipal(found.principal, each.principal)
    return {
      ...each,
      ...(found !== undefined && { from: found.permission }),
      action: isSet ? 'unchanged' : 'set',
    }
  })
  const after = permissionsAfter(desired, listed)
  const mayManageAs = (principal: string): boolean =>
    me === undefined || (mayBeOurs(principal, me) && !managesAnyway(me, after))
  const named = desired.map(({ principal }) => principal)
  const known = [...named, ...(me === undefined ? [] : [me.name])]
  const others = listed
    .filter(({ principal }) => !known.some((name) => isOnePrincipal(principal, name)))
    .map((each) => ({ ...each, mayBeOurs: manages(each.permission) && mayManageAs(each.principal) }))
  const removals = exact ? planRemovals(others, named, me) : []
  return {
    permissions: [...sets, ...removals],
    sets: sets
      .filter(({ action }) => action === 'set')
      .sort((one, other) => rankOf(one, me) - rankOf(other, me)),
    others: others.filter((other) => !removals.some(({ principal }) => principal === other.principal)),
  }
}

/** Whether a change revokes MANAGE, or an unknown permission that may include it. */
export function revokesManage({ from, permission }: PlannedSet): boolean {
  return from !== undefined && manages(from) && permission !== 'MANAGE'
}

function listOf(current: CurrentPermissions, me: Identity | undefined): readonly ListedPermission[] {
  if (current === 'users') return [{ principal: 'users', permission: 'MANAGE' }]
  if (current !== 'creator') return current
  return me === undefined ? [] : [{ principal: me.name, permission: 'MANAGE' }]
}

/** Whether a permission lets its principal set permissions. An unknown one may. */
function manages(permission: string): boolean {
  return permission !== 'READ' && permission !== 'WRITE'
}

/**
 * Refuses a plan that revokes MANAGE from a principal and may leave this run without it. A plan that revokes none is
 * safe: the run has MANAGE, because it could list the permissions, or because it creates the scope.
 */
function checkManagement(
  desired: readonly DesiredPermission[],
  listed: readonly ListedPermission[],
  me: Identity | undefined,
  isCreator: boolean,
): void {
  const lowered = desired.filter(({ permission }) => permission !== 'MANAGE')
  const revoked = lowered.filter(({ principal }) =>
    listed.some(
      (each) =>
        normalizePrincipal(each.principal) === normalizePrincipal(principal) && manages(each.permission),
    ),
  )
  if (me === undefined) {
    // In a new scope, any of them may be the identity of this run.
    const [one] = isCreator ? lowered : revoked
    if (one !== undefined) throw unknownIdentity(one)
    return
  }
  const [first] = revoked
  if (first === undefined || me.groups.includes('admins')) return
  const isManaged = permissionsAfter(desired, listed).some(
    (each) => each.permission === 'MANAGE' && isOurs(each.principal, me),
  )
  if (!isManaged) throw lockedOut(first, me)
}

/** The permissions after the ones of the input are set. Of a group in other capitals, only those of the input are certain. */
function permissionsAfter(
  desired: readonly DesiredPermission[],
  listed: readonly ListedPermission[],
): readonly ListedPermission[] {
  const named = desired.map(({ principal }) => principal)
  return [...listed.filter(({ principal }) => !isAmong(principal, named)), ...desired]
}

/** Whether this run manages the scope under its own name, or as an admin. */
function managesAnyway(me: Identity, given: readonly ListedPermission[]): boolean {
  return (
    me.groups.includes('admins') ||
    given.some(({ principal, permission }) => permission === 'MANAGE' && isOnePrincipal(principal, me.name))
  )
}

/**
 * The position of a change. Higher permissions are granted before others are lowered, so that a run that stops in the
 * middle never removes too many managers. The run raises itself first and lowers itself last: after that it cannot set
 * anything.
 */
function rankOf({ principal, permission, from }: PlannedSet, me: Identity | undefined): number {
  const isOwn = me !== undefined && isOurs(principal, me)
  const lowers = from !== undefined && (manages(from) ? 2 : levelOf(from)) > levelOf(permission)
  if (lowers) return isOwn ? 4 : 3
  if (permission === 'MANAGE') return isOwn ? 0 : 1
  return 2
}

function levelOf(permission: string): number {
  return (PERMISSIONS as readonly string[]).indexOf(permission)
}

function unknownIdentity({ principal, permission }: DesiredPermission): SyncError {
  return new SyncError(
    'permissions-input',
    `The input permissions gives "${principal}" ${permission}, and this may revoke MANAGE from the identity of this run, ` +
      'which the workspace did not report. Nothing was written. Run the job again, or remove that line. If the input ' +
      'oauth-scopes is set, it may lack the API scope for this: all-apis includes it.',
    { untrusted: [principal] },
  )
}

function lockedOut({ principal, permission }: DesiredPermission, { name }: Identity): SyncError {
  return new SyncError(
    'permissions-input',
    `The input permissions lowers "${principal}" from MANAGE to ${permission}, and the identity of this run, "${name}", ` +
      'would no longer have MANAGE. Nothing was written. ' +
      `Add a line that gives MANAGE to "${name}" or to one of its groups, or remove the line of "${principal}".`,
    { untrusted: [principal, name] },
  )
}

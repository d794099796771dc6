import type { Identity } from '../databricks/identity-api.js'
import { PERMISSIONS, type Permission } from '../databricks/permission.js'
import type { ListedPermission } from '../databricks/secrets-api.js'
import { SyncError } from './sync-error.js'

/** A line of the input `permissions`. */
export interface DesiredPermission {
  /** A user's e-mail, a group's display name, or a service principal's application id. */
  readonly principal: string
  readonly permission: Permission
}

/** What is to happen with one principal of the input. */
export interface PlannedPermission extends DesiredPermission {
  /** What it has now, in the workspace's word; absent if it is not listed. */
  readonly from?: string
  readonly action: 'set' | 'unchanged'
}

/** What is to happen with the permissions of the scope. */
export interface PermissionPlan {
  /** Every principal of the input, in its order. */
  readonly permissions: readonly PlannedPermission[]
  /** Those of them that are to be set, in the order that never leaves less management than it has to. */
  readonly sets: readonly PlannedPermission[]
  /** Who else has a permission, but for us. They are left alone; their names are the workspace's word. */
  readonly others: readonly OtherPermission[]
}

/** The permission of a principal that the input does not name. */
export interface OtherPermission extends ListedPermission {
  /** Whether this run may manage the scope through it alone: as a member of the group, or as an unknown identity. */
  readonly mayBeOurs: boolean
}

/** What a scope's permissions are: as listed, or those that this run creates it with. */
export type CurrentPermissions = readonly ListedPermission[] | 'creator' | 'users'

/** What two spellings of one principal may have in common. */
export function normalizePrincipal(principal: string): string {
  return principal.toLowerCase()
}

/**
 * Whether who we are has to be asked: for any plan at all, since it may take our own MANAGE, and since we are not among
 * the others that are warned of. The answer is needed together with the list, so it takes no more time.
 */
export function needsIdentity(desired: readonly DesiredPermission[]): boolean {
  return desired.length > 0
}

/**
 * Decides which permissions are to be set, from the input and from what is there, and from nothing else.
 *
 * @param me Who we are, or undefined where that could not be found out.
 * @throws {SyncError} for a plan that may leave us without MANAGE: nothing could be set right again then.
 */
export function planPermissions(
  desired: readonly DesiredPermission[],
  current: CurrentPermissions,
  me: Identity | undefined,
): PermissionPlan {
  const listed = listOf(current, me)
  checkManagement(desired, listed, me, current === 'creator')
  const permissions = desired.map((each): PlannedPermission => {
    const found = findPermission(listed, each.principal)
    // Of a group's name nobody says that its case means nothing: where it differs, a put costs less than a mistake.
    const isThere = found?.permission === each.permission && isOnePrincipal(found.principal, each.principal)
    return {
      ...each,
      ...(found !== undefined && { from: found.permission }),
      action: isThere ? 'unchanged' : 'set',
    }
  })
  const mayManageAs = (principal: string): boolean =>
    me === undefined || (isOurs(principal, me) && !managesAnyway(me, [...listed, ...desired]))
  const known = [...desired.map(({ principal }) => principal), ...(me === undefined ? [] : [me.name])]
  return {
    permissions,
    sets: permissions
      .filter(({ action }) => action === 'set')
      .sort((one, other) => turnOf(one, me) - turnOf(other, me)),
    others: listed
      .filter(({ principal }) => !known.some((name) => isOnePrincipal(principal, name)))
      .map((each) => ({ ...each, mayBeOurs: manages(each.permission) && mayManageAs(each.principal) })),
  }
}

/** The permission of a principal in a list: in its own spelling, or else in another case of letters. */
export function findPermission(
  listed: readonly ListedPermission[],
  principal: string,
): ListedPermission | undefined {
  return (
    listed.find((each) => each.principal === principal) ??
    listed.find((each) => normalizePrincipal(each.principal) === normalizePrincipal(principal))
  )
}

/** Whether a permission is, or may be, taken with which others are given: MANAGE, and what we do not know. */
export function revokesManage({ from, permission }: PlannedPermission): boolean {
  return from !== undefined && manages(from) && permission !== 'MANAGE'
}

function listOf(current: CurrentPermissions, me: Identity | undefined): readonly ListedPermission[] {
  if (current === 'users') return [{ principal: 'users', permission: 'MANAGE' }]
  if (current !== 'creator') return current
  return me === undefined ? [] : [{ principal: me.name, permission: 'MANAGE' }]
}

/** A word that is none of ours might stand for more than MANAGE. */
function manages(permission: string): boolean {
  return permission !== 'READ' && permission !== 'WRITE'
}

/**
 * Refuses a plan that takes MANAGE from somebody and does not surely leave it to us. One that takes none cannot take
 * ours, and that we have it is known: the workspace has told the permissions, or made us the scope's creator.
 */
function checkManagement(
  desired: readonly DesiredPermission[],
  listed: readonly ListedPermission[],
  me: Identity | undefined,
  isNewAndOurs: boolean,
): void {
  const lowered = desired.filter(({ permission }) => permission !== 'MANAGE')
  const taken = lowered.filter(({ principal }) =>
    listed.some(
      (each) =>
        normalizePrincipal(each.principal) === normalizePrincipal(principal) && manages(each.permission),
    ),
  )
  if (me === undefined) {
    // Any of them may be us, under the name that the new scope is created with.
    const [one] = isNewAndOurs ? lowered : taken
    if (one !== undefined) throw unknownIdentity(one)
    return
  }
  const [first] = taken
  if (first === undefined || me.groups.includes('admins')) return
  const named = new Set(desired.map(({ principal }) => normalizePrincipal(principal)))
  const after = [...listed.filter(({ principal }) => !named.has(normalizePrincipal(principal))), ...desired]
  const isLeft = after.some((each) => each.permission === 'MANAGE' && isOurs(each.principal, me))
  if (!isLeft) throw lockedOut(first, me)
}

/** Whether what a principal may do, we may: by our name, a group of ours, or as one of all users. */
function isOurs(principal: string, me: Identity): boolean {
  return principal === 'users' || me.groups.includes(principal) || isOnePrincipal(principal, me.name)
}

/** Whether we manage the scope under our own name, or as an admin. */
function managesAnyway(me: Identity, given: readonly ListedPermission[]): boolean {
  return (
    me.groups.includes('admins') ||
    given.some(({ principal, permission }) => permission === 'MANAGE' && isOnePrincipal(principal, me.name))
  )
}

/** Whether two names are sure to be those of one principal: neither e-mails nor application ids have a case. */
function isOnePrincipal(one: string, other: string): boolean {
  return one === other || (!isGroupName(one) && normalizePrincipal(one) === normalizePrincipal(other))
}

function isGroupName(principal: string): boolean {
  return !principal.includes('@') && !/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(principal)
}

/**
 * When a permission is set. What raises comes before what lowers, so that a run which breaks off leaves no less
 * management than there was, or than there was to be. We come first where we are raised, and last where we are lowered:
 * nothing can be set after that.
 */
function turnOf({ principal, permission, from }: PlannedPermission, me: Identity | undefined): number {
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
    `The input permissions gives "${principal}" ${permission}, and that may take MANAGE from this very run: the ` +
      'workspace does not tell who it is. Nothing was put. Run the job again, or take that line out. If ' +
      'the input oauth-scopes is set, its API scopes may be too few to ask: all-apis includes this.',
    [principal],
  )
}

function lockedOut({ principal, permission }: DesiredPermission, { name }: Identity): SyncError {
  return new SyncError(
    `The input permissions takes MANAGE from "${principal}", to leave it ${permission}, and would leave none to "${name}", ` +
      'which this run is: it could never set a permission again. Nothing was put. Add a line that gives MANAGE to ' +
      `"${name}" or to a group of it, or take the line of "${principal}" out.`,
    [principal, name],
  )
}

import type { Grant } from '../databricks/catalog-secrets-api.js'
import type { Identity } from '../databricks/identity-api.js'
import type { DesiredPermissions, OtherAccess, PermissionPlan, PlannedSet } from './permission-plan.js'
import { findPrincipal, isEveryone, isOnePrincipal, isOurs, mayBeOurs } from './principals.js'
import {
  joinPrivileges,
  privilegesIn,
  splitPrivileges,
  type GrantableType,
  type Privilege,
} from './privileges.js'
import { planRemovals } from './planned-removals.js'

/** A schema or a secret of Unity Catalog, on which privileges are granted. */
export interface Securable {
  readonly type: GrantableType
  /** The full name without backticks: `catalog.schema`, or `catalog.schema.secret`. */
  readonly name: string
}

/** Who has access to a securable, as far as this run can see it. */
export interface CurrentGrants {
  /** On the securable itself. */
  readonly grants: readonly Grant[]
  /** The owner of the securable; undefined if it is unknown. */
  readonly owner: string | undefined
  /** On what contains the securable. Privileges there apply to it too. */
  readonly inherited: readonly InheritedGrants[]
}

/** The grants on what contains a securable. */
export interface InheritedGrants {
  readonly from: 'schema' | 'catalog'
  readonly grants: readonly Grant[]
}

/** These concern tables and volumes too, so they are reported, and never granted or removed. */
const BROAD_PRIVILEGES = ['MANAGE', 'ALL_PRIVILEGES']

/**
 * Plans which privileges to grant and revoke: of the privileges on secrets, each principal of the input gets exactly those of
 * its line. A pure function of the input and the current grants.
 *
 * @param me The identity of this run; undefined where it is unknown.
 * @throws {SyncError} with `exact`, if any privilege would be removed and the identity of this run is unknown.
 */
export function planGrants(
  type: GrantableType,
  { lines, exact }: DesiredPermissions,
  current: CurrentGrants,
  me: Identity | undefined,
): PermissionPlan {
  const sets = lines.map((line): PlannedSet => {
    const found = findPrincipal(current.grants, line.principal)
    const permission = joinPrivileges(splitPrivileges(line.permission))
    const from = joinPrivileges(privilegesIn(found?.privileges ?? [], type))
    // Group names may be case-sensitive. If the case differs, granting again is safe.
    const isSet = from === permission && isOnePrincipal(found?.principal ?? '', line.principal)
    return {
      principal: line.principal,
      permission,
      ...(from !== '' && { from }),
      action: isSet ? 'unchanged' : 'set',
    }
  })
  const named = lines.map(({ principal }) => principal)
  const known = [...named, ...(me === undefined ? [] : [me.name])]
  const others = current.grants.flatMap(({ principal, privileges }) => {
    const held = privilegesIn(privileges, type)
    if (held.length === 0 || known.some((name) => isOnePrincipal(principal, name))) return []
    const mayNeed = me === undefined || (mayBeOurs(principal, me) && !hasAnyway(held, me, sets, current))
    return [{ principal, permission: joinPrivileges(held), mayBeOurs: mayNeed }]
  })
  const removals = exact ? planRemovals(others, named, me) : []
  return {
    permissions: [...sets, ...removals],
    sets: sets.filter(({ action }) => action === 'set'),
    others: others.filter((other) => !removals.some(({ principal }) => principal === other.principal)),
    otherAccess: findOtherAccess(type, current, me),
    ...(type === 'schema' && {
      withoutUse: sets
        .filter((each) => isNewReaderWithoutUse(each, current))
        .map(({ principal }) => principal),
    }),
  }
}

/** Whether a change gives READ SECRET on a schema to a principal that may not be able to use it. It may have more by a group. */
function isNewReaderWithoutUse(
  { principal, permission, from = '' }: PlannedSet,
  { grants, inherited }: CurrentGrants,
): boolean {
  const reads = (text: string): boolean => splitPrivileges(text).includes('READ SECRET')
  if (!reads(permission) || reads(from)) return false
  const onCatalog = inherited.flatMap((each) => (each.from === 'catalog' ? each.grants : []))
  const has = (privilege: string, listed: readonly Grant[]): boolean =>
    listed.some(
      (each) =>
        (isOnePrincipal(each.principal, principal) || isEveryone(each.principal)) &&
        [privilege, 'ALL_PRIVILEGES'].some((one) => each.privileges.includes(one)),
    )
  return !has('USE_CATALOG', onCatalog) || !has('USE_SCHEMA', [...grants, ...onCatalog])
}

/** Whether this run certainly has these privileges otherwise: as the owner, or under its own name. */
function hasAnyway(
  privileges: readonly Privilege[],
  me: Identity,
  sets: readonly PlannedSet[],
  { grants, owner }: CurrentGrants,
): boolean {
  if (owner !== undefined && isOurs(owner, me)) return true
  const listed = grants.find(({ principal }) => isOnePrincipal(principal, me.name))?.privileges ?? []
  if (listed.includes('ALL_PRIVILEGES')) return true
  const set = sets.find(({ principal }) => isOnePrincipal(principal, me.name))
  const held = set === undefined ? privilegesIn(listed, 'schema') : splitPrivileges(set.permission)
  return privileges.every((privilege) => held.includes(privilege))
}

/** Finds access that the input does not control, except that of this run under its own name. */
function findOtherAccess(
  type: GrantableType,
  { grants, owner, inherited }: CurrentGrants,
  me: Identity | undefined,
): OtherAccess[] {
  const access = [
    ...(owner === undefined ? [] : [{ principal: owner, access: `owner of the ${type}` }]),
    ...grants.flatMap(({ principal, privileges }) => describeAccess(principal, broadIn(privileges), type)),
    ...inherited.flatMap(({ from, grants: onParent }) =>
      onParent.flatMap(({ principal, privileges }) =>
        describeAccess(principal, [...privilegesIn(privileges, type), ...broadIn(privileges)], from),
      ),
    ),
  ]
  return access.filter(({ principal }) => me === undefined || !isOnePrincipal(principal, me.name))
}

function broadIn(privileges: readonly string[]): string[] {
  return BROAD_PRIVILEGES.filter((broad) => privileges.includes(broad)).map((broad) =>
    broad.replace('_', ' '),
  )
}

function describeAccess(principal: string, privileges: readonly string[], on: string): OtherAccess[] {
  return privileges.length === 0 ? [] : [{ principal, access: `${privileges.join(', ')} on the ${on}` }]
}

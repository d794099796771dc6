/** A line of the input `permissions`. */
export interface DesiredPermission {
  /** The e-mail of a user, the display name of a group, or the application id of a service principal. */
  readonly principal: string
  /** The permission, as the store names it: `READ`, or for a schema one or more privileges, such as `READ SECRET`. */
  readonly permission: string
}

/** The permissions that a target asks for. */
export interface DesiredPermissions {
  /** The lines of the input; empty to leave all permissions alone. */
  readonly lines: readonly DesiredPermission[]
  /** Whether to remove the permissions of principals that `lines` does not name. */
  readonly exact: boolean
  /** The permissions on single secrets, by the key as the store has it. Only a schema has any. `exact` applies to each. */
  readonly ofSecrets?: ReadonlyMap<string, readonly DesiredPermission[]>
}

/** Whether a target asks for any permission. */
export function hasPermissions({ lines, ofSecrets }: DesiredPermissions): boolean {
  return lines.length > 0 || (ofSecrets !== undefined && ofSecrets.size > 0)
}

/** Set where a permission is on a single secret, and not on the whole store. */
export interface OnSecret {
  /** The key of the secret. */
  readonly secret?: string
}

/** The planned change for one principal. */
export type PlannedPermission =
  | (DesiredPermission &
      OnSecret & {
        /** Its current permission, as the workspace reports it; absent if it has none. */
        readonly from?: string
        readonly action: 'set' | 'unchanged'
      })
  | PlannedRemoval

/** A permission to remove from a principal that the input does not name. Both texts are from the workspace: untrusted text. */
export interface PlannedRemoval extends OnSecret {
  readonly principal: string
  /** What is removed. */
  readonly permission: string
  readonly action: 'remove'
}

/** The planned changes to the permissions of a store. */
export interface PermissionPlan {
  /** Every principal of the input, in its order, then the permissions to remove, in the order of the workspace. */
  readonly permissions: readonly PlannedPermission[]
  /** The permissions to set, in the order in which they are set. */
  readonly sets: readonly PlannedSet[]
  /** Principals outside the input, without this run, that are left alone. Their names are untrusted text. */
  readonly others: readonly OtherPermission[]
  /** Principals with access that the input does not control, such as the owner. Only of a store that knows such access. */
  readonly otherAccess?: readonly OtherAccess[]
  /** Principals of the input that get READ SECRET now, and of which this run sees no USE CATALOG or no USE SCHEMA. */
  readonly withoutUse?: readonly string[]
}

/** A permission of the input, and its current state. */
export type PlannedSet = Exclude<PlannedPermission, PlannedRemoval>

/** The permission of a principal that the input does not name. */
export interface OtherPermission extends OnSecret {
  readonly principal: string
  /** Any text: the workspace may know more permissions than the API reference. */
  readonly permission: string
  /** Whether this run may manage the store only through it: as a member of the group, or because its identity is unknown. */
  readonly mayBeOurs: boolean
}

/** Access of a principal that neither the input nor a command for permissions changes. */
export interface OtherAccess {
  /** Untrusted text. */
  readonly principal: string
  /** What the principal has and where, in known words, such as `MANAGE on the schema`. */
  readonly access: string
}

/** The outcome of one planned permission. */
export type PermissionResult = OnSecret & {
  readonly principal: string
  /** The permission that is set, or the one that is removed. */
  readonly permission: string
  /** The permission before the run, as the workspace reports it; absent if there was none. */
  readonly from?: string
} & (
    | { readonly outcome: 'set' | 'unchanged' }
    | { readonly outcome: 'removed' }
    | ({ readonly outcome: 'failed' } & PermissionFailure)
  )

/** Why it is not certain that a permission is set or removed. */
export interface PermissionFailure {
  readonly error: unknown
  /** True where it was changed, but could not be read back. */
  readonly written?: boolean
  /** True where it was to be removed. Then the principal and the permission are untrusted text. */
  readonly removal?: boolean
}

/** The outcomes if nothing fails, as a dry run reports them. The order is that of the input. */
export function expectedPermissions({ permissions }: PermissionPlan): PermissionResult[] {
  return permissions.map(expectedPermission)
}

/** The outcome of one permission if nothing fails. */
export function expectedPermission(planned: PlannedPermission): PermissionResult {
  const { principal, permission, secret } = planned
  const result = { principal, permission, ...(secret !== undefined && { secret }) }
  if (planned.action === 'remove') return { ...result, outcome: 'removed' }
  const { from, action } = planned
  return { ...result, ...(from !== undefined && { from }), outcome: action }
}

/** The outcome of one permission: the expected one, unless it failed. */
export function permissionResult(
  planned: PlannedPermission,
  failure: PermissionFailure | undefined,
): PermissionResult {
  const expected = expectedPermission(planned)
  if (failure === undefined) return expected
  const removal = planned.action === 'remove'
  return { ...expected, outcome: 'failed', ...failure, ...(removal && { removal }) }
}

/** A form of a principal's name for comparisons. Two principals may have the same one: groups may be case-sensitive. */
export function normalizePrincipal(principal: string): string {
  return principal.toLowerCase()
}

/** A line of the input `permissions`. */
export interface DesiredPermission {
  /** The e-mail of a user, the display name of a group, or the application id of a service principal. */
  readonly principal: string
  /** The permission, as the store names it: `READ`, or for a schema one or more privileges, such as `READ SECRET`. */
  readonly permission: string
}

/** The permissions that a target asks for. */
export type DesiredPermissions = readonly DesiredPermission[]

/** The planned change for one principal of the input. */
export interface PlannedPermission extends DesiredPermission {
  /** Its current permission, as the workspace reports it; absent if it has none. */
  readonly from?: string
  readonly action: 'set' | 'unchanged'
}

/** The planned changes to the permissions of a store. */
export interface PermissionPlan {
  /** Every principal of the input, in its order. */
  readonly permissions: readonly PlannedPermission[]
  /** The permissions to set, in the order in which they are set. */
  readonly sets: readonly PlannedPermission[]
  /** Principals outside the input, without this run. They are left alone. Their names are untrusted text. */
  readonly others: readonly OtherPermission[]
}

/** The permission of a principal that the input does not name. */
export interface OtherPermission {
  readonly principal: string
  /** Any text: the workspace may know more permissions than the API reference. */
  readonly permission: string
  /** Whether this run may manage the store only through it: as a member of the group, or because its identity is unknown. */
  readonly mayBeOurs: boolean
}

/** The outcome of one principal of the input `permissions`. */
export type PermissionResult = {
  readonly principal: string
  readonly permission: string
  /** The permission before the run, as the workspace reports it; absent if there was none. */
  readonly from?: string
} & ({ readonly outcome: 'set' | 'unchanged' } | ({ readonly outcome: 'failed' } & PermissionFailure))

/** Why it is not certain that a permission is set. */
export interface PermissionFailure {
  readonly error: unknown
  /** True where it was set, but could not be read back. */
  readonly written?: boolean
}

/** The outcomes if nothing fails, as a dry run reports them. The order is that of the input. */
export function expectedPermissions({ permissions }: PermissionPlan): PermissionResult[] {
  return permissions.map(expectedPermission)
}

/** The outcome of one permission if nothing fails. */
export function expectedPermission({
  principal,
  permission,
  from,
  action,
}: PlannedPermission): PermissionResult {
  return { principal, permission, ...(from !== undefined && { from }), outcome: action }
}

/** A form of a principal's name for comparisons. Two principals may have the same one: groups may be case-sensitive. */
export function normalizePrincipal(principal: string): string {
  return principal.toLowerCase()
}

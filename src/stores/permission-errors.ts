import type { PlannedPermission, PlannedRemoval } from './permission-plan.js'
import type { StoreKind } from './store-definition.js'
import { SyncError } from './sync-error.js'

/**
 * Explains that the workspace accepted a change of a permission several times, and does not list it.
 *
 * @param found The permission that the workspace lists, in known words; undefined if it lists none.
 */
export function notConfirmed(
  { principal, permission, action }: PlannedPermission,
  found: string | undefined,
  kind: StoreKind | 'schema' | 'secret',
): SyncError {
  const state =
    action === 'remove'
      ? 'was removed several times and is still listed'
      : `was set to ${permission} several times and ${found === undefined ? 'is not listed' : `reads back as ${found}`}`
  return new SyncError(
    'permissions-input',
    `The permission of "${principal}" ${state}. Run the job again. If it fails again, look for another job that sets the ` +
      `permissions of this ${kind}.`,
    { untrusted: [principal] },
  )
}

/** Explains why a permission was not removed: a principal of the input may lack the permission that replaces it. */
export function notRemoved(
  { principal }: PlannedRemoval,
  notSet: Pick<PlannedPermission, 'principal'>,
): SyncError {
  return new SyncError(
    'permissions-input',
    `The permission of "${principal}" was not removed, because it is not certain that "${notSet.principal}" has its ` +
      'permission. Correct that first, then run the job again.',
    { untrusted: [principal, notSet.principal] },
  )
}

/** Explains why a permission on a secret was not changed: the secret may not exist. */
export function secretNotWritten({ principal }: PlannedPermission, secret: string): SyncError {
  return new SyncError(
    'permissions-input',
    `The permission of "${principal}" was not changed, because the secret "${secret}" was not written. Correct that first, then ` +
      'run the job again.',
    { untrusted: [principal] },
  )
}

/** Explains that `permissions-exact` cannot tell which permissions this run needs. */
export function unknownIdentityOfExact(principal: string): SyncError {
  return new SyncError(
    'permissions-input',
    `The input permissions-exact removes the permission of "${principal}", and this may be the identity of this run, or one of ` +
      'its groups. The workspace did not report the identity. Nothing was written. Run the job again, or remove the input ' +
      'permissions-exact. If the input oauth-scopes is set, it may lack the API scope for this: all-apis includes it.',
    { untrusted: [principal] },
  )
}

import type { Identity } from '../databricks/identity-api.js'
import { unknownIdentityOfExact } from './permission-errors.js'
import type { OtherPermission, PermissionPlan, PlannedRemoval } from './permission-plan.js'
import { isAmong } from './principals.js'

/**
 * Plans which permissions of other principals `permissions-exact` removes: all that this run certainly does not need.
 *
 * @param named The principals of the input. What may be the same group in other capitals is not removed.
 * @throws {SyncError} if the identity of this run is unknown, because any of them may be the one of this run.
 */
export function planRemovals(
  others: readonly OtherPermission[],
  named: readonly string[],
  me: Identity | undefined,
): PlannedRemoval[] {
  const [first] = others
  if (first !== undefined && me === undefined) throw unknownIdentityOfExact(first.principal)
  return others
    .filter((each) => !each.mayBeOurs && !isAmong(each.principal, named))
    .map(({ principal, permission }) => ({ principal, permission, action: 'remove' }))
}

/** The permissions of a plan to remove. */
export function plannedRemovals({ permissions }: PermissionPlan): PlannedRemoval[] {
  return permissions.filter((each) => each.action === 'remove')
}

import type { ListedPermission } from '../databricks/secrets-api.js'
import type { DesiredPermissions } from './permission-plan.js'
import type { DesiredScope } from './scope.js'
import { classifyRefusal, explainRefusal } from './scope-permission-refusal.js'
import { planScopePermissions } from './scope-permissions.js'
import type { ScopeApi } from './scope-store.js'
import type { PlanPermissions } from './store.js'

/** Reads the permissions of a scope and the identity of this run: see {@link Store.readPermissions}. */
export async function readScopePermissions(
  { secrets, getIdentityOnce }: ScopeApi,
  scope: DesiredScope,
  desired: DesiredPermissions,
  dryRun: boolean,
): Promise<PlanPermissions> {
  const list = async (): Promise<ListedPermission[]> => await secrets.listPermissions(scope.name)
  const [listed, identified] = await Promise.allSettled([list(), getIdentityOnce()])
  const me = identified.status === 'fulfilled' ? identified.value : undefined
  const ofNewScope = scope.initialManagePrincipal === 'users' ? 'users' : 'creator'
  return async (exists) => {
    if (listed.status === 'fulfilled')
      return planScopePermissions(desired, exists ? listed.value : ofNewScope, me)
    let error: unknown = listed.reason
    if (classifyRefusal(error) === 'missing scope') {
      if (!exists) return planScopePermissions(desired, ofNewScope, me)
      // Another job may have created the scope between the requests.
      const [again] = await Promise.allSettled([list()])
      if (again.status === 'fulfilled') return planScopePermissions(desired, again.value, me)
      error = again.reason
    }
    if (classifyRefusal(error) === 'no MANAGE' && dryRun) return 'unreadable'
    throw explainRefusal(error, scope.name, me?.name)
  }
}

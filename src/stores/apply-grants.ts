import type { CatalogSecretsApi, Grant, GrantChange } from '../databricks/catalog-secrets-api.js'
import { WorkspaceError } from '../databricks/workspace-error.js'
import { applyChanges, REPEAT_WAIT_MS } from './apply-changes.js'
import type { Securable } from './grant-plan.js'
import { notConfirmed, notRemoved } from './permission-errors.js'
import {
  permissionResult,
  type PermissionFailure,
  type PermissionPlan,
  type PermissionResult,
  type PlannedPermission,
} from './permission-plan.js'
import { plannedRemovals } from './planned-removals.js'
import { findPrincipal } from './principals.js'
import { joinPrivileges, privilegesIn, splitPrivileges, toApi } from './privileges.js'

/** The error codes with which a workspace refuses a change because of one principal in it. */
const CODES_OF_ONE = ['PRINCIPAL_DOES_NOT_EXIST', 'INVALID_PARAMETER_VALUE', 'RESOURCE_DOES_NOT_EXIST']

/**
 * Grants and revokes the privileges of the plan, and reads them back. The result has the order of the plan.
 *
 * It takes one request for all changes and one to read them back. If the workspace refuses one of the principals, the changes
 * are sent one by one, so that one failure does not stop the others. Then nothing is removed unless all others are set. If the
 * workspace does not list a change, these calls are repeated up to three times.
 *
 * @param waitMs The wait before a change is sent again, in ms.
 */
export async function applyGrants(
  api: GrantsApi,
  securable: Securable,
  plan: PermissionPlan,
  waitMs = REPEAT_WAIT_MS,
): Promise<PermissionResult[]> {
  const failures = new Map<PlannedPermission, PermissionFailure>()
  await applyChanges([...plan.sets, ...plannedRemovals(plan)], failures, waitMs, {
    send: async (changes, listed, isRepeat) => {
      await changeGrants(api, securable, changes, listed, failures, isRepeat)
    },
    list: async () => await api.listGrants(securable.type, securable.name),
    isDone: (change, listed) => isDone(change, securable, listed),
    notListed: (change, listed) => notListed(change, securable, listed),
  })
  return plan.permissions.map((each) => permissionResult(each, failures.get(each)))
}

type GrantsApi = Pick<CatalogSecretsApi, 'listGrants' | 'changeGrants'>

/** Sends all changes in one request, or one by one if one of several is refused. Adds the errors to `failures`. */
async function changeGrants(
  api: GrantsApi,
  securable: Securable,
  planned: readonly PlannedPermission[],
  listed: readonly Grant[] | undefined,
  failures: Map<PlannedPermission, PermissionFailure>,
  isRepeat: boolean,
): Promise<void> {
  const send = async (some: readonly PlannedPermission[]): Promise<unknown> => {
    try {
      const changes = some.map((each) => changeOf(each, securable, listed))
      await api.changeGrants(securable.type, securable.name, changes)
      return undefined
    } catch (error) {
      return error
    }
  }
  const written = isRepeat && { written: true }
  const error = await send(planned)
  if (error === undefined) return
  if (planned.length === 1 || !isAboutOnePrincipal(error)) {
    for (const each of planned) failures.set(each, { error, ...written })
    return
  }
  // The plan has all sets before the removals.
  for (const each of planned) {
    const notSet = [...failures.keys()].find(({ action }) => action === 'set')
    const own =
      each.action === 'remove' && notSet !== undefined ? notRemoved(each, notSet) : await send([each])
    if (own !== undefined) failures.set(each, { error: own, ...written })
  }
}

/** The change that makes the privileges those of the plan, without privileges that concern other things than secrets. */
function changeOf(
  planned: PlannedPermission,
  { type }: Securable,
  listed: readonly Grant[] | undefined,
): GrantChange {
  const { principal } = planned
  const privileges = splitPrivileges(planned.permission)
  if (planned.action === 'remove') return { principal, remove: privileges.map(toApi) }
  const current =
    listed === undefined
      ? splitPrivileges(planned.from ?? '')
      : privilegesIn(findPrincipal(listed, principal)?.privileges ?? [], type)
  const remove = current.filter((each) => !privileges.includes(each))
  return { principal, add: privileges.map(toApi), ...(remove.length > 0 && { remove: remove.map(toApi) }) }
}

function isDone(planned: PlannedPermission, { type }: Securable, listed: readonly Grant[]): boolean {
  const { principal, permission, action } = planned
  if (action !== 'remove') return heldBy(principal, type, listed) === permission
  // Another group may have the same name in other capitals, and keep its privileges.
  const held = listed.find((each) => each.principal === principal)?.privileges ?? []
  return !splitPrivileges(permission).some((each) => held.includes(toApi(each)))
}

function heldBy(principal: string, type: Securable['type'], listed: readonly Grant[]): string {
  return joinPrivileges(privilegesIn(findPrincipal(listed, principal)?.privileges ?? [], type))
}

function notListed(planned: PlannedPermission, { type }: Securable, listed: readonly Grant[]): Error {
  const found = heldBy(planned.principal, type, listed)
  return notConfirmed(planned, found === '' ? undefined : found, type)
}

function isAboutOnePrincipal(error: unknown): boolean {
  return error instanceof WorkspaceError && CODES_OF_ONE.some((code) => error.hasErrorCode(code))
}

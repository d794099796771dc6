import type { SecretsApi } from '../databricks/secrets-api.js'
import { isNotFoundWithoutCode, WorkspaceError } from '../databricks/workspace-error.js'
import { SyncError } from './sync-error.js'

/** Why a call about permissions (`secrets/acls/*`) was refused, as far as that makes a difference to a run. */
export type PermissionRefusal = 'missing scope' | 'no MANAGE' | 'no permissions on this plan' | 'other'

/**
 * Codes that say something of the request, the caller or the moment, and so nothing of the plan. Numbers stand for a
 * token that was not let in.
 */
const NOT_THE_PLAN =
  /^(?:\d+|UNAUTHENTICATED|INVALID_PARAMETER_VALUE|MALFORMED_REQUEST|CUSTOMER_UNAUTHORIZED|ENDPOINT_NOT_FOUND|REQUEST_LIMIT_EXCEEDED|RESOURCE_EXHAUSTED|RESOURCE_LIMIT_EXCEEDED|TEMPORARILY_UNAVAILABLE|INTERNAL_ERROR|DEADLINE_EXCEEDED|CANCELLED|ABORTED)$/

/** How a workspace on the Standard plan begins to tell what it has not (seen at `scopes/create`). */
const PREMIUM_DISABLED = 'Premium Tier is disabled'

/**
 * Tells why a scope's permissions could not be read. That these calls fail on the Standard plan is documented, but not
 * how: so it is any refusal by the workspace itself that nothing else explains. Every kind but the first stops a run, so
 * a mistake here can only choose the wrong words.
 */
export function classifyRefusal(error: unknown): PermissionRefusal {
  if (!(error instanceof WorkspaceError) || error.failure !== 'error-response') return 'other'
  if (isNotFoundWithoutCode(error)) return 'missing scope'
  const { status = 0, errorCode = '', isJson: structured, serverMessage: said = '' } = error.details
  if (structured !== true || errorCode === '') return 'other'
  if (errorCode === 'RESOURCE_DOES_NOT_EXIST') return 'missing scope'
  if (said.includes(PREMIUM_DISABLED)) return 'no permissions on this plan'
  if (errorCode === 'PERMISSION_DENIED') return 'no MANAGE'
  const isPlain = [400, 403, 404, 405, 501].includes(status)
  return isPlain && !NOT_THE_PLAN.test(errorCode) ? 'no permissions on this plan' : 'other'
}

/**
 * Asks for the permissions of a scope that was just created for everybody, ahead of the first secret.
 *
 * @throws {SyncError | WorkspaceError} where there are none on this plan, or the workspace does not tell.
 */
export async function checkPermissionsExist(
  api: Pick<SecretsApi, 'listPermissions'>,
  scope: string,
): Promise<void> {
  try {
    await api.listPermissions(scope)
  } catch (error) {
    throw explainRefusal(error, scope)
  }
}

/**
 * What a run stops with when the permissions of a scope could not be read: our own word where the cause is known, and
 * otherwise the error as it is.
 *
 * @param scope The scope's name.
 */
export function explainRefusal(error: unknown, scope: string): unknown {
  switch (classifyRefusal(error)) {
    case 'no permissions on this plan': {
      const { errorCode = '' } = error instanceof WorkspaceError ? error.details : {}
      return new SyncError(
        `This workspace refuses what concerns permissions (${errorCode}), as it does on the Standard plan, which has ` +
          'none: every user manages every scope there. Nothing was put. Take the input permissions out, or use a ' +
          'workspace on the Premium plan.',
        [errorCode],
      )
    }
    case 'no MANAGE':
      return new SyncError(
        `The permissions of the scope "${scope}" cannot be read or set by this run: that needs MANAGE. Nothing was ` +
          'put. Let somebody who manages the scope give it to the identity of this run: databricks secrets ' +
          `put-acl "${scope}" PRINCIPAL MANAGE; or take the input permissions out.`,
      )
    case 'missing scope':
    case 'other':
      return error
  }
}

import type { SecretsApi } from '../databricks/secrets-api.js'
import { isNotFoundWithoutCode, WorkspaceError } from '../databricks/workspace-error.js'
import { SyncError } from './sync-error.js'

/** Why a call about permissions (`secrets/acls/*`) was refused: the cases that a run handles differently. */
export type PermissionRefusal = 'missing scope' | 'no MANAGE' | 'no permissions on this plan' | 'other'

/**
 * Error codes that concern the request, the caller or a temporary state, and not the pricing plan of the workspace. Numbers
 * mean that the token was rejected.
 */
const UNRELATED_CODE =
  /^(?:\d+|UNAUTHENTICATED|INVALID_PARAMETER_VALUE|MALFORMED_REQUEST|CUSTOMER_UNAUTHORIZED|ENDPOINT_NOT_FOUND|REQUEST_LIMIT_EXCEEDED|RESOURCE_EXHAUSTED|RESOURCE_LIMIT_EXCEEDED|TEMPORARILY_UNAVAILABLE|INTERNAL_ERROR|DEADLINE_EXCEEDED|CANCELLED|ABORTED)$/

/** The start of the message with which a Standard workspace refuses a Premium feature (seen at `scopes/create`). */
const PREMIUM_DISABLED = 'Premium Tier is disabled'

/**
 * Classifies the error of a call about permissions. It is documented that these calls fail on the Standard plan, but not
 * how. So any refusal by the workspace that has no other explanation counts as that. Every class except `missing scope`
 * stops the run, so a wrong class only gives a wrong message.
 */
export function classifyRefusal(error: unknown): PermissionRefusal {
  if (!(error instanceof WorkspaceError) || error.failure !== 'error-response') return 'other'
  if (isNotFoundWithoutCode(error)) return 'missing scope'
  const { status = 0, errorCode = '', isJson, serverMessage = '' } = error.details
  if (isJson !== true || errorCode === '') return 'other'
  if (errorCode === 'RESOURCE_DOES_NOT_EXIST') return 'missing scope'
  if (serverMessage.includes(PREMIUM_DISABLED)) return 'no permissions on this plan'
  if (errorCode === 'PERMISSION_DENIED') return 'no MANAGE'
  const isUnsupported = [400, 403, 404, 405, 501].includes(status)
  return isUnsupported && !UNRELATED_CODE.test(errorCode) ? 'no permissions on this plan' : 'other'
}

/**
 * Checks that a new scope that all users manage supports permissions, before the first secret is written.
 *
 * @throws {SyncError | WorkspaceError} if this workspace has no permissions, or they cannot be read.
 */
export async function checkPermissionsExist(
  api: Pick<SecretsApi, 'listPermissions'>,
  scope: string,
): Promise<void> {
  try {
    await api.listPermissions(scope)
  } catch (error) {
    throw explainRefusal(error, scope, undefined)
  }
}

/**
 * Converts the error of a call about permissions into a {@link SyncError} if its cause is known. Returns any other error
 * unchanged.
 *
 * @param scope The name of the scope.
 * @param identity The identity of this run; undefined where the workspace did not report it.
 */
export function explainRefusal(error: unknown, scope: string, identity: string | undefined): unknown {
  switch (classifyRefusal(error)) {
    case 'no permissions on this plan': {
      const { errorCode = '' } = error instanceof WorkspaceError ? error.details : {}
      return new SyncError(
        'standard-plan',
        `This workspace refuses calls about permissions (${errorCode}), as on the Standard plan, where every user manages ` +
          'every scope. No secret was written. Remove the input permissions, or use a workspace on the Premium plan.',
        { untrusted: [errorCode] },
      )
    }
    case 'no MANAGE':
      return new SyncError(
        'permission-denied',
        `The permissions of the scope "${scope}" cannot be read or set by this run: that needs MANAGE. No secret was ` +
          'written. Remove the input permissions, or ask someone with MANAGE on the scope to grant MANAGE to the identity ' +
          'of this run',
        { needsManage: { identity } },
      )
    case 'missing scope':
    case 'other':
      return error
  }
}

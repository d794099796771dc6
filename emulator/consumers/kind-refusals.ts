import { ApiError } from '../errors.js'

/** The forms in which a workspace refuses all calls of a kind. */
const KIND_REFUSALS = {
  /** A workspace that never had these calls. */
  missing: { status: 404, code: 'ENDPOINT_NOT_FOUND' },
  /** Seen for serving endpoints and for permissions of passwords (`databrickslabs/ucx`, issues 557 and 1617). */
  disabled: { status: 404, code: 'FEATURE_DISABLED' },
  /** The form that ACL calls and Unity Catalog have in the emulator; for these kinds, an assumption. */
  disabledAsForbidden: { status: 403, code: 'FEATURE_DISABLED' },
  /** The caller may not make these calls. */
  denied: { status: 403, code: 'PERMISSION_DENIED' },
} as const

/** The name of such a form. */
export type KindRefusal = keyof typeof KIND_REFUSALS

/** The names of all forms. */
export const KIND_REFUSAL_NAMES = Object.keys(KIND_REFUSALS) as KindRefusal[]

/** The refusal of a call, `path` without its query. The messages are the emulator's own. */
export function kindRefused(form: KindRefusal, path: string): ApiError {
  const { status, code } = KIND_REFUSALS[form]
  return new ApiError(status, code, `GET ${path} is refused in this workspace.`)
}

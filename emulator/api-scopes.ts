import { apiScopeMissing } from './errors.js'

/** The API scope of a token that is not limited. */
export const ALL_APIS = 'all-apis'

/**
 * Checks that a token reaches an API.
 *
 * @param granted the API scopes of the token; undefined for one that is not limited
 * @param accepted the API scopes that the API takes, the one that its reference names first
 * @throws ApiError 403 if it has none of them
 */
export function checkApiScope(
  granted: readonly string[] | undefined,
  accepted: readonly [string, ...string[]],
): void {
  if (granted === undefined) return
  if (![ALL_APIS, ...accepted].some((scope) => granted.includes(scope))) throw apiScopeMissing(accepted[0])
}

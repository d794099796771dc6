import {
  isConsumersCallName,
  partsOfConsumersCall,
  type ConsumersCallName,
} from './consumers/consumers-api.js'
import type { CallName as SecretsCallName } from './secrets-api.js'
import { partsOfCall, type CatalogCallName } from './unity-catalog-api.js'

/**
 * A call of the workspace: `secrets/put`, `clusters/list`, `pipelines/*` with `*` for an id, or `PATCH unity-catalog/secrets/*`
 * with its method and `*` for a name.
 */
export type CallName = SecretsCallName | CatalogCallName | ConsumersCallName

/**
 * Whether a request is one to a call.
 *
 * @param call its name, or a path from its first slash on, such as `/oidc/v1/token`
 */
export function isRequestTo(
  request: { readonly method: string; readonly path: string },
  call: CallName | `/${string}`,
): boolean {
  if (call.startsWith('/')) return request.path === call
  if (isConsumersCallName(call)) return partsOfConsumersCall(call, request) !== undefined
  return call.includes(' ')
    ? partsOfCall(call as CatalogCallName, request) !== undefined
    : request.path === `/api/2.0/${call}`
}

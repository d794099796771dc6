import { decodeSegment, partsOfPath } from './call-pattern.js'
import { refuse, type CatalogCall, type CatalogCallHandler } from './catalog-call.js'
import { CATALOG_SECRETS_CALLS } from './catalog-secrets-api.js'
import { GRANTS_CALLS } from './grants-api.js'

const CALLS = { ...CATALOG_SECRETS_CALLS, ...GRANTS_CALLS }

/** A call of Unity Catalog as tests name it: its method and its path, with `*` in place of a type or a name. */
export type CatalogCallName = keyof typeof CALLS

/** Every call of Unity Catalog. */
export const CATALOG_CALL_NAMES = Object.keys(CALLS) as CatalogCallName[]

/**
 * What a request has in place of each `*` of a call, as it was sent; undefined if it is no request to that call.
 *
 * @param path without the query
 */
export function partsOfCall(
  call: CatalogCallName,
  { method, path }: { readonly method: string; readonly path: string },
): string[] | undefined {
  const [calledMethod, pattern = ''] = call.split(' ')
  return method === calledMethod ? partsOfPath(`/api/2.1/${pattern}`, path) : undefined
}

/**
 * What carries out a request to Unity Catalog; undefined if it is none of its calls.
 *
 * @returns a function that throws ApiError for what a workspace refuses
 */
export function catalogHandler(request: {
  readonly method: string
  readonly path: string
}): ((call: Omit<CatalogCall, 'names'>) => object) | undefined {
  for (const name of CATALOG_CALL_NAMES) {
    const parts = partsOfCall(name, request)
    if (parts === undefined) continue
    const handle: CatalogCallHandler = CALLS[name]
    return (call) => {
      const whole = { ...call, names: parts.map(decodeSegment) }
      checkFeature(whole, name)
      return handle(whole)
    }
  }
  return undefined
}

/** Throws ApiError where the workspace has no Unity Catalog, or none of its secrets. */
function checkFeature(call: CatalogCall, name: CatalogCallName): void {
  if (call.rules.feature === 'none') {
    throw refuse(call, 'noUnityCatalog', 'Unity Catalog is not enabled in this workspace.')
  }
  const isAboutSecrets = name in CATALOG_SECRETS_CALLS || call.names[0]?.toLowerCase() === 'secret'
  if (call.rules.feature === 'secrets off' && isAboutSecrets) {
    throw refuse(call, 'secretsOff', 'Unity Catalog secrets are not enabled in this workspace.')
  }
}

import { checkApiScope } from '../api-scopes.js'
import { decodeSegment, partsOfPath } from '../call-pattern.js'
import { invalidParameter } from '../errors.js'
import { APPS_PARAMETERS, listApps } from './apps.js'
import { listClusterPolicies } from './cluster-policies.js'
import { CLUSTERS_PARAMETERS, listClusters } from './clusters.js'
import type { ConsumersCall, ConsumersCallHandler } from './consumers-call.js'
import type { ConsumerKind } from './content.js'
import { getJob, JOB_PARAMETERS, JOBS_PARAMETERS, listJobs } from './jobs.js'
import { kindRefused } from './kind-refusals.js'
import { getPipeline, listPipelines, PIPELINES_PARAMETERS } from './pipelines.js'
import { getServingEndpoint, listServingEndpoints } from './serving-endpoints.js'
import { getWarehousesConfig } from './sql-warehouses.js'

interface ConsumersApiCall {
  /** With `*` in place of an id or a name. */
  readonly path: string
  readonly kind: ConsumerKind
  /** The API scope that a limited token needs. The names are an assumption. */
  readonly apiScope: string
  readonly handle: ConsumersCallHandler
  /** What the query may have. */
  readonly parameters: readonly string[]
}

/** The calls that find what refers to a secret. All are GET requests. */
const CALLS = {
  'clusters/list': {
    ...{ path: '/api/2.1/clusters/list', kind: 'clusters', apiScope: 'clusters' },
    ...{ handle: listClusters, parameters: CLUSTERS_PARAMETERS },
  },
  'jobs/list': {
    ...{ path: '/api/2.2/jobs/list', kind: 'jobs', apiScope: 'jobs' },
    ...{ handle: listJobs, parameters: JOBS_PARAMETERS },
  },
  'jobs/get': {
    ...{ path: '/api/2.2/jobs/get', kind: 'jobs', apiScope: 'jobs' },
    ...{ handle: getJob, parameters: JOB_PARAMETERS },
  },
  'policies/clusters/list': {
    ...{ path: '/api/2.0/policies/clusters/list', kind: 'clusterPolicies', apiScope: 'clusters' },
    ...{ handle: listClusterPolicies, parameters: [] },
  },
  pipelines: {
    ...{ path: '/api/2.0/pipelines', kind: 'pipelines', apiScope: 'pipelines' },
    ...{ handle: listPipelines, parameters: PIPELINES_PARAMETERS },
  },
  'pipelines/*': {
    ...{ path: '/api/2.0/pipelines/*', kind: 'pipelines', apiScope: 'pipelines' },
    ...{ handle: getPipeline, parameters: [] },
  },
  'serving-endpoints': {
    ...{ path: '/api/2.0/serving-endpoints', kind: 'servingEndpoints', apiScope: 'model-serving' },
    ...{ handle: listServingEndpoints, parameters: [] },
  },
  'serving-endpoints/*': {
    ...{ path: '/api/2.0/serving-endpoints/*', kind: 'servingEndpoints', apiScope: 'model-serving' },
    ...{ handle: getServingEndpoint, parameters: [] },
  },
  apps: {
    ...{ path: '/api/2.0/apps', kind: 'apps', apiScope: 'apps' },
    ...{ handle: listApps, parameters: APPS_PARAMETERS },
  },
  'sql/config/warehouses': {
    ...{ path: '/api/2.0/sql/config/warehouses', kind: 'sqlWarehouses', apiScope: 'sql' },
    ...{ handle: getWarehousesConfig, parameters: [] },
  },
} as const satisfies Record<string, ConsumersApiCall>

/** A call for consumers as tests name it: its path without the version, with `*` in place of an id or a name. */
export type ConsumersCallName = keyof typeof CALLS

/** Every call for consumers. */
export const CONSUMERS_CALL_NAMES = Object.keys(CALLS) as ConsumersCallName[]

/** The path of each call, with `*` in place of an id or a name. */
export const CONSUMERS_PATHS = Object.values(CALLS).map(({ path }) => path)

/** Whether a text is the name of such a call. */
export function isConsumersCallName(name: string): name is ConsumersCallName {
  return Object.hasOwn(CALLS, name)
}

/**
 * What a request has in place of the `*` of a call, as it was sent; undefined if it is no request to that call.
 *
 * @param path without the query
 */
export function partsOfConsumersCall(
  call: ConsumersCallName,
  { method, path }: { readonly method: string; readonly path: string },
): string[] | undefined {
  return method === 'GET' ? partsOfPath(CALLS[call].path, path) : undefined
}

/**
 * What carries out a request for consumers; undefined if it is none of these calls.
 *
 * @returns a function that throws ApiError for what a workspace refuses
 */
export function consumersHandler(request: {
  readonly method: string
  readonly path: string
}): ((call: Omit<ConsumersCall, 'name'>) => object) | undefined {
  for (const callName of CONSUMERS_CALL_NAMES) {
    const parts = partsOfConsumersCall(callName, request)
    if (parts === undefined) continue
    const { kind, apiScope, handle, parameters }: ConsumersApiCall = CALLS[callName]
    return (call) => {
      checkApiScope(call.caller.apiScopes, [apiScope])
      const form = call.consumers.rules.unavailable?.[kind]
      if (form !== undefined) throw kindRefused(form, request.path)
      checkParameters(call.query, parameters)
      return handle({ ...call, name: parts.map(decodeSegment).join('') })
    }
  }
  return undefined
}

/** A misspelled parameter would be ignored by a workspace, so that a list would silently be another one. */
function checkParameters(query: URLSearchParams, known: readonly string[]): void {
  const unknown = [...query.keys()].find((name) => !known.includes(name))
  if (unknown !== undefined) throw invalidParameter(`The emulator does not know the parameter ${unknown}.`)
}

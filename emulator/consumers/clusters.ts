import { invalidParameter } from '../errors.js'
import { consumersPage, unlessEmpty, visibleTo, type ConsumersCall } from './consumers-call.js'

/** What `filter_by` may have here, and the values of each (REST reference). */
const FILTERS = {
  'filter_by.cluster_sources': {
    field: 'cluster_source',
    values: ['API', 'JOB', 'MODELS', 'PIPELINE', 'PIPELINE_MAINTENANCE', 'SQL', 'UI'],
  },
  'filter_by.cluster_states': {
    field: 'state',
    values: ['ERROR', 'PENDING', 'RESIZING', 'RESTARTING', 'RUNNING', 'TERMINATED', 'TERMINATING', 'UNKNOWN'],
  },
} as const

/** The parameters of the list. */
export const CLUSTERS_PARAMETERS = ['page_size', 'page_token', ...Object.keys(FILTERS)]

/**
 * `clusters/list`: also clusters of jobs and pipelines, and clusters that have ended, if the workspace has any. At the end the
 * token of the next page is empty.
 *
 * @throws ApiError INVALID_PARAMETER_VALUE for a page or a filter that it does not have
 */
export function listClusters(call: ConsumersCall): object {
  const filters = Object.entries(FILTERS).map(([parameter, { field, values }]) => {
    const asked = call.query.getAll(parameter)
    const unknown = asked.find((value) => !(values as readonly string[]).includes(value))
    if (unknown !== undefined) throw invalidParameter(`${parameter} has no ${unknown}.`)
    return { field, asked }
  })
  const chosen = visibleTo(call, 'clusters').filter(({ fields }) =>
    filters.every(({ field, asked }) => asked.length === 0 || asked.includes(String(fields[field]))),
  )
  const list = `clusters ${filters.map(({ asked }) => asked.join()).join(';')}`
  const { elements, next = '' } = consumersPage(call, list, chosen, {
    parameter: 'page_size',
    most: 100,
    usual: 20,
  })
  return { ...unlessEmpty('clusters', elements), next_page_token: next }
}

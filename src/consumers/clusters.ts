import { clusterFields } from './cluster-fields.js'
import type { WorkspaceKind } from './workspace-kind.js'

/** States in which a cluster has read its configuration, or may have. `ERROR` and `UNKNOWN` are neither here nor there. */
const RUNNING = ['PENDING', 'RUNNING', 'RESIZING', 'RESTARTING']
const STOPPED = ['TERMINATING', 'TERMINATED']

/**
 * All-purpose clusters. Without the filter, the list also has the clusters of jobs and pipelines of the last 30 days, which
 * their jobs and pipelines describe.
 */
export const CLUSTERS: WorkspaceKind = {
  kind: 'cluster',
  list: {
    call: 'clusters/list',
    path: '/api/2.1/clusters/list',
    query: [
      ['filter_by.cluster_sources', 'UI'],
      ['filter_by.cluster_sources', 'API'],
    ],
    items: 'clusters',
    page: { parameter: 'page_size', maxSize: 100 },
  },
  id: ({ cluster_id: id }) => id,
  name: ({ cluster_name: name }) => name,
  status: ({ state }) => {
    if (STOPPED.includes(state as string)) return { state: 'stopped', action: 'none' }
    return { state: RUNNING.includes(state as string) ? 'running' : 'unknown', action: 'restart' }
  },
  fields: (cluster) => clusterFields(cluster),
}

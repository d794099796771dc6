import type { JsonObject } from '../databricks/response.js'
import { clusterFields } from './cluster-fields.js'
import { objectAt, objectsAt, textsAt } from './json-fields.js'
import type { SearchedField, WorkspaceKind } from './workspace-kind.js'

const RUNNING = ['DEPLOYING', 'STARTING', 'RUNNING', 'RECOVERING', 'RESETTING']
const STOPPED = ['STOPPING', 'IDLE', 'FAILED', 'DELETED']

/** Pipelines. The list has no settings. */
export const PIPELINES: WorkspaceKind = {
  kind: 'pipeline',
  list: {
    call: 'pipelines/list',
    path: '/api/2.0/pipelines',
    items: 'statuses',
    page: { parameter: 'max_results', maxSize: 100 },
  },
  details: (_, id) => ({ call: 'pipelines/get', path: `/api/2.0/pipelines/${id}` }),
  id: ({ pipeline_id: id }) => id,
  name: ({ name }) => name,
  status: (pipeline) => {
    const state = pipeline['state'] as string
    const isStopped = STOPPED.includes(state)
    const isContinuous = objectAt(pipeline, 'spec')['continuous'] === true
    return {
      state: isStopped ? 'stopped' : RUNNING.includes(state) ? 'running' : 'unknown',
      // A run of a continuous pipeline does not end.
      action: isContinuous && !isStopped ? 'restart' : 'next-run',
    }
  },
  fields: pipelineFields,
}

function* pipelineFields(pipeline: JsonObject): Generator<SearchedField> {
  const spec = objectAt(pipeline, 'spec')
  for (const { item, path } of objectsAt(spec, 'clusters', 'spec')) {
    for (const field of clusterFields(item, path)) yield field
  }
  for (const text of textsAt(spec, 'configuration', 'spec')) yield { ...text, use: 'resolved' }
}

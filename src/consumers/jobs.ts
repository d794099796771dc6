import type { JsonObject } from '../databricks/response.js'
import { clusterFields } from './cluster-fields.js'
import { objectAt, objectsAt, textsAt } from './json-fields.js'
import type { SearchedField, WorkspaceKind } from './workspace-kind.js'

/** The fields of a task with parameters for its code, as in the reference of the Jobs API 2.2. */
const PARAMETERS = [
  'parameters',
  'base_parameters',
  'named_parameters',
  'notebook_base_parameters',
  'job_parameters',
  'jar_params',
  'notebook_params',
  'python_params',
  'python_named_params',
  'spark_submit_params',
  'sql_params',
  'inputs',
]

/** Jobs. The list contains the first 100 tasks and job clusters of each; `has_more` says that there are more. */
export const JOBS: WorkspaceKind = {
  kind: 'job',
  list: {
    call: 'jobs/list',
    path: '/api/2.2/jobs/list',
    query: [['expand_tasks', 'true']],
    items: 'jobs',
    // The API allows 100. But these pages can be very long, because of the tasks.
    page: { parameter: 'limit', maxSize: 25 },
  },
  details: ({ has_more: hasMore }, id) =>
    hasMore === true ? { call: 'jobs/get', path: '/api/2.2/jobs/get', query: [['job_id', id]] } : undefined,
  id: ({ job_id: id }) => id,
  name: (job) => objectAt(job, 'settings')['name'],
  status: (job) => {
    const settings = objectAt(job, 'settings')
    const isContinuous = (settings['continuous'] ?? undefined) !== undefined
    const isPaused = objectAt(settings, 'continuous')['pause_status'] === 'PAUSED'
    return isContinuous && !isPaused
      ? { state: 'running', action: 'restart' }
      : { state: 'unknown', action: 'next-run' }
  },
  fields: jobFields,
}

function* jobFields(job: JsonObject): Generator<SearchedField> {
  const settings = objectAt(job, 'settings')
  for (const { item, path } of objectsAt(settings, 'job_clusters'))
    yield* clusterFields(objectAt(item, 'new_cluster'), `${path}.new_cluster`)
  for (const { item, path } of objectsAt(settings, 'parameters'))
    for (const text of textsAt(item, 'default', path)) yield { ...text, use: 'parameter' }
  for (const { item, path } of objectsAt(settings, 'tasks')) {
    yield* taskFields(item, path)
    // A repeated task cannot repeat another one.
    yield* taskFields(objectAt(objectAt(item, 'for_each_task'), 'task'), `${path}.for_each_task.task`)
  }
}

function* taskFields(task: JsonObject, path: string): Generator<SearchedField> {
  yield* clusterFields(objectAt(task, 'new_cluster'), `${path}.new_cluster`)
  for (const type of Object.keys(task).filter((name) => /^[a-z_]{1,40}_task$/.test(name))) {
    const settings = objectAt(task, type)
    for (const field of PARAMETERS)
      for (const text of textsAt(settings, field, `${path}.${type}`)) yield { ...text, use: 'parameter' }
  }
}

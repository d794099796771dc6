import type { JsonObject } from '../databricks/response.js'
import { objectAt, objectsAt } from './json-fields.js'
import type { SearchedField, WorkspaceKind } from './workspace-kind.js'

const RUNNING = ['STARTING', 'ACTIVE', 'UPDATING']
const STOPPED = ['STOPPING', 'STOPPED', 'DELETING']

/** Databricks apps. They name scope and key in a resource. */
export const APPS: WorkspaceKind = {
  kind: 'app',
  list: {
    call: 'apps/list',
    path: '/api/2.0/apps',
    items: 'apps',
    page: { parameter: 'page_size', maxSize: 100 },
  },
  id: ({ name }) => name,
  name: ({ name }) => name,
  status: (app) => {
    const state = objectAt(app, 'compute_status')['state'] as string
    return {
      state: RUNNING.includes(state) ? 'running' : STOPPED.includes(state) ? 'stopped' : 'unknown',
      action: 'redeploy',
    }
  },
  fields: appFields,
}

function* appFields(app: JsonObject): Generator<SearchedField> {
  for (const { item, path } of objectsAt(app, 'resources')) {
    const { scope, key } = objectAt(item, 'secret')
    if (typeof scope === 'string' && typeof key === 'string') yield { path: `${path}.secret`, scope, key }
  }
}

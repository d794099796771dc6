import type { JsonObject } from '../databricks/response.js'
import { objectAt, objectsAt, textsAt } from './json-fields.js'
import type { SearchedField, WorkspaceKind } from './workspace-kind.js'

/** Serving endpoints. The list has no environment variables. */
export const SERVING_ENDPOINTS: WorkspaceKind = {
  kind: 'serving-endpoint',
  list: {
    call: 'serving-endpoints/list',
    path: '/api/2.0/serving-endpoints',
    items: 'endpoints',
  },
  details: (_, id) => ({ call: 'serving-endpoints/get', path: `/api/2.0/serving-endpoints/${id}` }),
  id: ({ name }) => name,
  name: ({ name }) => name,
  status: (endpoint) => ({
    state: objectAt(endpoint, 'state')['ready'] === 'READY' ? 'running' : 'unknown',
    action: 'update',
  }),
  fields: endpointFields,
}

function* endpointFields(endpoint: JsonObject): Generator<SearchedField> {
  for (const config of ['config', 'pending_config']) {
    // The second name is the older one.
    for (const entities of ['served_entities', 'served_models'])
      for (const { item, path } of objectsAt(objectAt(endpoint, config), entities, config))
        yield* entityFields(item, path)
  }
}

function* entityFields(entity: JsonObject, path: string): Generator<SearchedField> {
  for (const text of textsAt(entity, 'environment_vars', path)) yield { ...text, use: 'resolved' }
  const model = objectAt(entity, 'external_model')
  for (const provider of Object.keys(model).filter((name) => /^\w{1,64}_config$/.test(name))) {
    for (const text of textsAt(model, provider, `${path}.external_model`))
      yield { ...text, use: text.path.endsWith('_plaintext') ? 'copy' : 'resolved' }
  }
}

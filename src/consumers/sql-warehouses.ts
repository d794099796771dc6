import type { JsonObject } from '../databricks/response.js'
import { objectsAt, textsAt } from './json-fields.js'
import type { SearchedField, WorkspaceKind } from './workspace-kind.js'

/** The configuration that all SQL warehouses share. Only workspace admins may read it. */
export const SQL_WAREHOUSES: WorkspaceKind = {
  kind: 'sql-warehouses',
  list: { call: 'sql/config/warehouses', path: '/api/2.0/sql/config/warehouses', items: undefined },
  // The API takes no id, because there is only one.
  id: () => 'warehouses',
  name: () => undefined,
  status: () => ({ state: 'unknown', action: 'restart' }),
  fields: warehouseFields,
}

function* warehouseFields(config: JsonObject): Generator<SearchedField> {
  for (const { item, path } of objectsAt(config, 'data_access_config'))
    for (const text of textsAt(item, 'value', path)) yield { ...text, use: 'resolved' }
}

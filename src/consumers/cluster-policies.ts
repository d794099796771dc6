import { parseJsonObject } from '../databricks/response.js'
import type { JsonObject } from '../databricks/response.js'
import { textsAt, textsIn } from './json-fields.js'
import type { SearchedField, WorkspaceKind } from './workspace-kind.js'

/** Cluster policies. They apply to clusters that are started afterwards. */
export const CLUSTER_POLICIES: WorkspaceKind = {
  kind: 'cluster-policy',
  list: {
    call: 'policies/clusters/list',
    path: '/api/2.0/policies/clusters/list',
    items: 'policies',
  },
  id: ({ policy_id: id }) => id,
  name: ({ name }) => name,
  status: () => ({ state: 'unknown', action: 'none' }),
  fields: policyFields,
}

/** The two fields contain JSON as text, in which a reference may have escapes. */
function* policyFields(policy: JsonObject): Generator<SearchedField> {
  for (const field of ['definition', 'policy_family_definition_overrides']) {
    for (const { path, text } of textsAt(policy, field)) {
      const json = parseJsonObject(text)
      const texts = json === undefined ? [{ path, text }] : textsIn(json, path)
      for (const each of texts) yield { ...each, use: 'resolved' }
    }
  }
}

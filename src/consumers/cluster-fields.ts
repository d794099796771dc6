import type { JsonObject } from '../databricks/response.js'
import { objectAt, textsAt } from './json-fields.js'
import type { SearchedField } from './workspace-kind.js'

/** The fields of the settings of a cluster in which the workspace resolves references. */
export function* clusterFields(settings: JsonObject, path = ''): Generator<SearchedField> {
  for (const field of ['spark_conf', 'spark_env_vars'])
    for (const text of textsAt(settings, field, path)) yield { ...text, use: 'resolved' }
  const auth = objectAt(objectAt(settings, 'docker_image'), 'basic_auth')
  const authPath = `${path === '' ? '' : `${path}.`}docker_image.basic_auth`
  for (const field of ['username', 'password'])
    for (const text of textsAt(auth, field, authPath)) yield { ...text, use: 'resolved' }
}

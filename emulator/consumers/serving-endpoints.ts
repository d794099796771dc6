import { doesNotExist } from '../errors.js'
import { oneOf, visibleTo, without, type ConsumersCall } from './consumers-call.js'

/** What a list has of each served entity (`ServedEntitySpec` of the SDKs): no environment variables. */
const LISTED = ['name', 'entity_name', 'entity_version', 'external_model', 'foundation_model']

/** `GET serving-endpoints`: all endpoints at once, without what is only in `GET serving-endpoints/*`. */
export function listServingEndpoints(call: ConsumersCall): object {
  const endpoints = visibleTo(call, 'servingEndpoints').map(({ fields }) => {
    const { config } = fields
    const rest = without(fields, 'pending_config', 'config')
    return config === undefined ? rest : { ...rest, config: summaryOf(config as object) }
  })
  return endpoints.length === 0 ? {} : { endpoints }
}

/**
 * `GET serving-endpoints/*`: one endpoint with its environment variables.
 *
 * @throws ApiError RESOURCE_DOES_NOT_EXIST
 */
export function getServingEndpoint(call: ConsumersCall): object {
  const missing = doesNotExist(`Endpoint with name '${call.name}' does not exist.`)
  return oneOf(call, 'servingEndpoints', call.name, missing).fields
}

function summaryOf({ served_entities: entities }: { readonly served_entities?: readonly object[] }): object {
  if (entities === undefined) return {}
  return {
    served_entities: entities.map((entity) =>
      Object.fromEntries(Object.entries(entity).filter(([field]) => LISTED.includes(field))),
    ),
  }
}

import { doesNotExist } from '../errors.js'
import { consumersPage, oneOf, visibleTo, without, type ConsumersCall } from './consumers-call.js'

/** The parameters of the list. */
export const PIPELINES_PARAMETERS = ['max_results', 'page_token']

/**
 * `GET pipelines`: the pipelines without their specifications.
 *
 * @throws ApiError INVALID_PARAMETER_VALUE for a page that it does not have
 */
export function listPipelines(call: ConsumersCall): object {
  const { elements, next } = consumersPage(call, 'pipelines', visibleTo(call, 'pipelines'), {
    parameter: 'max_results',
    most: 100,
    usual: 25,
  })
  const statuses = elements.map(({ fields }) => without(fields, 'spec'))
  return {
    ...(statuses.length === 0 ? {} : { statuses }),
    ...(next === undefined ? {} : { next_page_token: next }),
  }
}

/**
 * `GET pipelines/*`: one pipeline with its specification.
 *
 * @throws ApiError RESOURCE_DOES_NOT_EXIST
 */
export function getPipeline(call: ConsumersCall): object {
  const missing = doesNotExist(`The specified pipeline ${call.name} was not found.`)
  return oneOf(call, 'pipelines', call.name, missing).fields
}

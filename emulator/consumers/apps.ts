import { consumersPage, unlessEmpty, visibleTo, type ConsumersCall } from './consumers-call.js'

/** The parameters of the list. */
export const APPS_PARAMETERS = ['page_size', 'page_token']

/**
 * `GET apps`: the apps with their resources. The bound and the usual size of its pages are an assumption.
 *
 * @throws ApiError INVALID_PARAMETER_VALUE for a page that it does not have
 */
export function listApps(call: ConsumersCall): object {
  const { elements, next } = consumersPage(call, 'apps', visibleTo(call, 'apps'), {
    parameter: 'page_size',
    most: 100,
    usual: 20,
  })
  return {
    ...unlessEmpty('apps', elements),
    ...(next === undefined ? {} : { next_page_token: next }),
  }
}

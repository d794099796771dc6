import type { Interceptor } from './loopback-server.js'
import { json } from './reply.js'
import type { RequestLog } from './request-log.js'

/**
 * Loses each `acls/put` that starts while another one is running: the response reports success, but nothing is written. This
 * was reported for parallel calls on one scope (terraform-provider-databricks, issue 4195). Which ones are lost is an
 * assumption.
 */
export function losePermissionsInParallel(requests: RequestLog): Interceptor {
  return (request) => {
    const puts = requests.to('secrets/acls/put')
    if (!puts.includes(request)) return undefined
    const earlier = puts.slice(0, puts.indexOf(request))
    return earlier.some(({ endedAt = Infinity }) => endedAt > request.startedAt) ? json(200, {}) : undefined
  }
}

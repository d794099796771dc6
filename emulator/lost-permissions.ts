import type { Interceptor } from './loopback-server.js'
import { json } from './reply.js'
import type { RequestLog } from './request-log.js'

/**
 * Loses each `acls/put` that arrived while another was in flight: it is answered as if it had been carried out. Reported
 * for parallel ones on one scope (terraform-provider-databricks, issue 4195); which of them get lost is an assumption.
 */
export function losePermissionsInParallel(requests: RequestLog): Interceptor {
  return (request) => {
    const puts = requests.to('secrets/acls/put')
    if (!puts.includes(request)) return undefined
    const earlier = puts.slice(0, puts.indexOf(request))
    return earlier.some(({ endedAt = Infinity }) => endedAt > request.startedAt) ? json(200, {}) : undefined
  }
}

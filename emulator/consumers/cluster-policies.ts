import { unlessEmpty, visibleTo, type ConsumersCall } from './consumers-call.js'

/** `policies/clusters/list`: all policies at once, with their number (seen in `databrickslabs/ucx`, issue 1617). */
export function listClusterPolicies(call: ConsumersCall): object {
  const policies = visibleTo(call, 'clusterPolicies')
  return { ...unlessEmpty('policies', policies), total_count: policies.length }
}

import { configAction, UNPACED_ACTION } from './contenders.js'
import { withWorkspace, type Context } from './context.js'
import type { Finding } from './findings.js'
import { compareTimes, inRounds } from './rounds.js'

const LATENCY_MS = 20
const SECRETS = 1_000
const TARGETS = 10

/** What it costs to write to several targets instead of one. The reads of all targets are sent at once. */
export async function benchTargets(context: Context): Promise<Finding[]> {
  const [several, one] = [configAction(TARGETS), configAction(1)]
  const rounds = await withWorkspace(
    context,
    { latencyMs: LATENCY_MS, scopes: TARGETS },
    async (settingFor) =>
      inRounds([several, one, UNPACED_ACTION], settingFor(SECRETS), context.quick ? 5 : 15),
  )
  const what = '1,000 secrets in total at 20 ms, no limit:'
  return [
    compareTimes(
      `${what} ten targets against one target, both from a config file`,
      rounds,
      [several, one],
      1.05,
    ),
    compareTimes(`${what} ten targets from a config file against the input scope`, rounds, [
      several,
      UNPACED_ACTION,
    ]),
  ]
}

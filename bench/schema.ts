import { BARE_SCHEMA, SCHEMA_ACTION } from './contenders.js'
import { withWorkspace, type Context } from './context.js'
import type { Finding } from './findings.js'
import { compareTimes, inRounds } from './rounds.js'

const LATENCY_MS = 20
const SECRETS = 1_000

/** How near the action comes to what is possible, for a schema of Unity Catalog. */
export async function benchSchema(context: Context): Promise<Finding[]> {
  const rounds = await withWorkspace(context, { latencyMs: LATENCY_MS }, async (settingFor) =>
    inRounds([SCHEMA_ACTION, BARE_SCHEMA], settingFor(SECRETS), context.quick ? 3 : 11),
  )
  return [
    compareTimes(
      'a schema: the action, no limit, against the bare script, 1,000 secrets at 20 ms',
      rounds,
      [SCHEMA_ACTION, BARE_SCHEMA],
      1.1,
    ),
  ]
}

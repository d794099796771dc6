import { ACTION, BARE, CURL_LOOP, UNPACED_ACTION, type Contender } from './contenders.js'
import { withWorkspace, type Context } from './context.js'
import { atLeast, duration, type Finding } from './findings.js'
import { compareTimes, inRounds, median, medianRatio, runsOf, type Rounds } from './rounds.js'

/** A network round trip within a continent. */
const LATENCY_MS = 20

const AGAINST_BARE = 'the action, no limit, against the bare script'

/** How near the action comes to what is possible, and how far it is from a loop, at 20 ms. */
export async function benchLimit(context: Context): Promise<Finding[]> {
  return await withWorkspace(context, { latencyMs: LATENCY_MS }, async (settingFor) => {
    const { quick } = context
    const few = await inRounds([UNPACED_ACTION, BARE], settingFor(100), quick ? 7 : 21)
    const many = await inRounds([UNPACED_ACTION, BARE], settingFor(1_000), quick ? 3 : 11)
    const loop = await inRounds([CURL_LOOP, UNPACED_ACTION, ACTION], settingFor(100), quick ? 1 : 5)
    return [
      compareTimes(`${AGAINST_BARE}, 100 secrets at 20 ms`, few, [UNPACED_ACTION, BARE], 1.15),
      compareTimes(`${AGAINST_BARE}, 1,000 secrets at 20 ms`, many, [UNPACED_ACTION, BARE], 1.1),
      atLeast(
        'loop of `curl` against the action, no limit, 100 secrets at 20 ms',
        medianRatio(times(loop, CURL_LOOP), times(loop, UNPACED_ACTION)),
        10,
        `${duration(median(times(loop, CURL_LOOP)))} to ${duration(median(times(loop, UNPACED_ACTION)))}`,
      ),
      compareTimes('the same with the default limit', loop, [CURL_LOOP, ACTION]),
    ]
  })
}

function times(rounds: Rounds, contender: Contender): number[] {
  return runsOf(rounds, contender).map(({ ms }) => ms)
}

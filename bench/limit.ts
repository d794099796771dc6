import { ACTION, BARE, CURL_LOOP, UNPACED_ACTION, type Contender } from './contenders.js'
import { withWorkspace, type Context } from './context.js'
import { atLeast, atMost, duration, type Finding } from './findings.js'
import { inRounds, median, medianRatio, runsOf, type Rounds } from './rounds.js'

/** A network round trip within a continent. */
const LATENCY_MS = 20

/** How near the action comes to what is possible, and how far it is from a loop, at 20 ms. */
export async function benchLimit(context: Context): Promise<Finding[]> {
  return await withWorkspace(context, { latencyMs: LATENCY_MS }, async (settingFor) => {
    const { quick } = context
    const few = await inRounds([UNPACED_ACTION, BARE], settingFor(100), quick ? 7 : 21)
    const many = await inRounds([UNPACED_ACTION, BARE], settingFor(1_000), quick ? 3 : 11)
    const loop = await inRounds([CURL_LOOP, UNPACED_ACTION, ACTION], settingFor(100), quick ? 1 : 5)
    return [
      bareFinding(few, '100 secrets', 1.15),
      bareFinding(many, '1,000 secrets', 1.1),
      atLeast(
        'loop of `curl` against the action, no limit, 100 secrets at 20 ms',
        medianRatio(times(loop, CURL_LOOP), times(loop, UNPACED_ACTION)),
        10,
        both(loop, CURL_LOOP, UNPACED_ACTION),
      ),
      {
        what: 'the same with the default limit',
        measured: `${medianRatio(times(loop, CURL_LOOP), times(loop, ACTION)).toFixed(2)} times (${both(loop, CURL_LOOP, ACTION)})`,
      },
    ]
  })
}

function bareFinding(rounds: Rounds, count: string, most: number): Finding {
  return atMost(
    `the action, no limit, against the bare script, ${count} at 20 ms`,
    medianRatio(times(rounds, UNPACED_ACTION), times(rounds, BARE)),
    most,
    both(rounds, UNPACED_ACTION, BARE),
  )
}

function times(rounds: Rounds, contender: Contender): number[] {
  return runsOf(rounds, contender).map(({ ms }) => ms)
}

function both(rounds: Rounds, one: Contender, other: Contender): string {
  return `${duration(median(times(rounds, one)))} to ${duration(median(times(rounds, other)))}`
}

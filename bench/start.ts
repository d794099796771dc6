import { BARE, NODE_ALONE, UNPACED_ACTION } from './contenders.js'
import { withWorkspace, type Context } from './context.js'
import { atMost, duration, type Finding } from './findings.js'
import { inRounds, median, medianRatio, runsOf } from './rounds.js'

/** How long the action takes until its first request is there. */
export async function benchStart(context: Context): Promise<Finding[]> {
  const rounds = await withWorkspace(context, { latencyMs: 0 }, async (settingFor) =>
    inRounds([NODE_ALONE, UNPACED_ACTION, BARE], settingFor(1), context.quick ? 11 : 31),
  )
  const floor = runsOf(rounds, NODE_ALONE).map(({ ms }) => ms)
  const [own, bare] = [UNPACED_ACTION, BARE].map((contender) =>
    runsOf(rounds, contender).map(({ firstRequestMs = NaN }) => firstRequestMs),
  )
  return [
    atMost(
      'start to first request, against a whole `node -e 0`',
      medianRatio(own ?? [], floor),
      2.6,
      `${duration(median(own ?? []))} to ${duration(median(floor))}`,
    ),
    {
      what: 'the same of the bare script',
      measured: `${medianRatio(bare ?? [], floor).toFixed(2)} times (${duration(median(bare ?? []))})`,
    },
  ]
}

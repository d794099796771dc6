import { ACTION } from './contenders.js'
import { withWorkspace, type Context } from './context.js'
import { atMost, duration, type Finding } from './findings.js'
import { measure, type Run } from './measure.js'
import { median } from './rounds.js'

/** The default rate limit of the action: see `requests-per-second` in action.yml. */
const PER_SECOND = 10
const BURST = 100

/** How well the action uses its default rate limit. */
export async function benchRate(context: Context): Promise<Finding[]> {
  const secrets = context.quick ? 130 : 250
  const runs = await withWorkspace(context, { latencyMs: 20 }, async (settingFor) => {
    const made: Run[] = []
    while (made.length < (context.quick ? 1 : 3)) made.push(await measure(ACTION, settingFor(secrets)))
    return made
  })
  const least = ((secrets + 2 - BURST) / PER_SECOND) * 1_000
  const whole = median(runs.map(({ ms }) => ms))
  return [
    atMost(
      `${secrets} secrets at 20 ms, the default limit: against what it allows`,
      whole / least,
      1.1,
      `${duration(whole)} to ${duration(least)}`,
    ),
  ]
}

import { UNPACED_ACTION } from './contenders.js'
import { withWorkspace, type Context } from './context.js'
import { atMost, duration, type Finding } from './findings.js'
import { measure, type Run } from './measure.js'
import { median } from './rounds.js'

const SECRETS = 500
const PER_SECOND = 50
const BURST = 10

/** The largest allowed share of rejected requests. */
const MOST_REFUSED = 0.05

/** How well the action finds the rate limit of a workspace, without `requests-per-second`. */
export async function benchThrottle(context: Context): Promise<Finding[]> {
  const throttle = { perSecond: PER_SECOND, burst: BURST }
  const runs = await withWorkspace(context, { latencyMs: 20, throttle }, async (settingFor) => {
    const made: Run[] = []
    while (made.length < (context.quick ? 1 : 3)) {
      made.push(await measure(UNPACED_ACTION, settingFor(SECRETS)))
    }
    return made
  })
  const least = ((SECRETS + 2 - BURST) / PER_SECOND) * 1_000
  const whole = median(runs.map(({ ms }) => ms))
  const refused = median(runs.map(({ tally }) => tally.refused / tally.requests))
  const where = `${SECRETS} secrets, no limit of our own, ${PER_SECOND} requests a second allowed`
  return [
    atMost(
      `${where}: against the least possible`,
      whole / least,
      1.15,
      `${duration(whole)} to ${duration(least)}`,
    ),
    {
      what: 'requests refused in it',
      measured: `${(refused * 100).toFixed(1)}%`,
      wanted: `under ${MOST_REFUSED * 100}%`,
      isMet: refused < MOST_REFUSED,
    },
  ]
}

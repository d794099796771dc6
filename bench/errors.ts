import { ACTION, type Contender } from './contenders.js'
import { withWorkspace, type Context } from './context.js'
import { atMost, duration, type Finding } from './findings.js'
import { measure } from './measure.js'

const SECRETS = 600
const LATENCY_MS = 20
const SHARES = [0.02, 0.1, 0.3]

/** How long a large map takes at the default rate where a share of the requests fails by chance. */
export async function benchErrors(context: Context): Promise<Finding[]> {
  const times = new Map<string, number>()
  const findings: Finding[] = []
  for (const [status, share] of [
    ...SHARES.flatMap(
      (each) =>
        [
          [503, each],
          [429, each],
        ] as const,
    ),
    [403, 0.1] as const,
  ]) {
    if (context.quick && share !== 0.1) continue
    const what = `${SECRETS} secrets, ${share * 100}% of requests answered ${status} by chance`
    const { ms, tally } = await withWorkspace(
      context,
      { latencyMs: LATENCY_MS, errors: { status, share } },
      async (settingFor) =>
        await measure(status === 403 ? FAILING_ACTION : RETRYING_ACTION, settingFor(SECRETS)),
    )
    times.set(`${status} ${share}`, ms)
    const measured = `${duration(ms)}, ${tally.requests} requests`
    const rival = times.get(`503 ${share}`) ?? Infinity
    findings.push(
      status === 429 && share === 0.1
        ? atMost(`${what}: against 503`, ms / rival, 2, measured)
        : { what, measured },
    )
    context.tell(`${what}: ${measured}`)
  }
  return findings
}

/** The action where some requests are sent again, or some secrets cannot be written. */
const RETRYING_ACTION: Contender = { name: ACTION.name, prepare: ACTION.prepare }
const FAILING_ACTION: Contender = { ...RETRYING_ACTION, fails: true }

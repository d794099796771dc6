import path from 'node:path'
import { ACTION } from './contenders.js'
import { withWorkspace, type Context } from './context.js'
import { duration, type Finding } from './findings.js'
import { measureTogether } from './measure.js'

const JOBS = 4
const PER_SECOND = 30
const MAX_IN_FLIGHT = 20

/** How the jobs of a matrix get on that write to one workspace at once. */
export async function benchMatrix(context: Context): Promise<Finding[]> {
  const throttle = { perSecond: PER_SECOND, burst: PER_SECOND, maxInFlight: MAX_IN_FLIGHT }
  const findings: Finding[] = []
  for (const secrets of context.quick ? [100] : [25, 100, 250]) {
    const { ms, tally } = await withWorkspace(context, { latencyMs: 20, throttle }, async (settingFor) => {
      const settings = Array.from({ length: JOBS }, (_, job) => {
        const setting = settingFor(secrets * JOBS)
        const own = Object.entries(setting.secrets).slice(job * secrets, (job + 1) * secrets)
        return {
          ...setting,
          folder: path.join(setting.folder, String(job)),
          secrets: Object.fromEntries(own),
        }
      })
      return await measureTogether(ACTION, settings)
    })
    const what = `${JOBS} jobs of ${secrets} secrets at once, ${MAX_IN_FLIGHT} requests at once and ${PER_SECOND} a second allowed`
    const share = ((tally.refused / tally.requests) * 100).toFixed(1)
    findings.push({
      what,
      measured: `${duration(ms)}, all succeed; ${share}% of ${tally.requests} requests refused`,
    })
    context.tell(`${what}: ${findings.at(-1)?.measured ?? ''}`)
  }
  return findings
}

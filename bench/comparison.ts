import { ACTION, BARE, CURL_LOOP, rivalContenders, UNPACED_ACTION, type Contender } from './contenders.js'
import { withWorkspace, type Context } from './context.js'
import { duration, tableOf } from './findings.js'
import { measure, type Setting } from './measure.js'
import { median } from './rounds.js'

const LATENCIES_MS = [0, 20, 100]
const SIZES = [1, 10, 100, 1_000]

/** What was measured for one size. */
interface Row {
  readonly size: number
  /** Medians in ms, without contenders that were not run. */
  readonly times: ReadonlyMap<Contender, number>
}

/** What is expected to take longer, in ms, is not run. */
const LONGEST_MS = 20_000

/** What the runs of one contender in one cell may take together, in ms. */
const BUDGET_MS = 8_000

/** Times of whole processes, for so many secrets at such a latency, as a table in Markdown. */
export async function compare(context: Context): Promise<string> {
  const contenders = [BARE, UNPACED_ACTION, ACTION, CURL_LOOP, ...rivalContenders(context.rivals)]
  const rows: string[][] = []
  for (const latencyMs of LATENCIES_MS) {
    await withWorkspace(context, { latencyMs }, async (settingFor) => {
      const done: Row[] = []
      for (const size of SIZES) {
        const runnable = contenders.filter((contender) => expected(contender, size, done) <= LONGEST_MS)
        const times = await timesOf(runnable, settingFor(size), context.quick)
        done.push({ size, times })
        rows.push([
          `${latencyMs} ms`,
          size.toLocaleString('en'),
          ...contenders.map((contender) => cell(times, contender)),
        ])
        context.tell(rows.at(-1)?.join('  ') ?? '')
      }
    })
  }
  return tableOf([['round trip', 'secrets', ...contenders.map(({ name }) => name)], ...rows])
}

/** The median of each contender. They take turns; what takes long has fewer of them. */
async function timesOf(
  contenders: readonly Contender[],
  setting: Setting,
  quick: boolean,
): Promise<Map<Contender, number>> {
  const budget = quick ? BUDGET_MS / 4 : BUDGET_MS
  const times = new Map<Contender, number[]>()
  for (let round = 0; round < (quick ? 3 : 9); round++) {
    for (const contender of contenders) {
      const own = times.get(contender) ?? []
      const spent = own.reduce((sum, ms) => sum + ms, 0)
      if (own.length > 0 && spent + spent / own.length > budget) continue
      times.set(contender, [...own, (await measure(contender, setting)).ms])
    }
  }
  return new Map([...times].map(([contender, own]) => [contender, median(own)]))
}

/**
 * What so many secrets will take, on the line through the last two sizes: 0 where nothing is known yet, and without end
 * where fewer took too long already.
 */
function expected(contender: Contender, size: number, done: readonly Row[]): number {
  const [one, other] = done
    .slice(-2)
    .map((row) => ({ size: row.size, ms: row.times.get(contender) ?? Infinity }))
  if (one === undefined || other === undefined) return 0
  if (other.ms === Infinity) return Infinity
  return other.ms + ((other.ms - one.ms) / (other.size - one.size)) * (size - other.size)
}

function cell(times: ReadonlyMap<Contender, number>, contender: Contender): string {
  const [own, bare] = [times.get(contender), times.get(BARE)]
  if (own === undefined) return 'not run'
  return contender === BARE || bare === undefined
    ? duration(own)
    : `${duration(own)} (${(own / bare).toFixed(1)}×)`
}

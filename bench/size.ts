import { BARE, UNPACED_ACTION, type Contender } from './contenders.js'
import { withWorkspace, type Context } from './context.js'
import { atMost, duration, type Finding } from './findings.js'
import { measure, measureResources, type Resources, type Run } from './measure.js'
import { median, medianRatio } from './rounds.js'

const LATENCY_MS = 20
const SIZES = [1, 100, 1_000] as const
type Size = (typeof SIZES)[number]

/** What the action needs for more secrets: time, memory and processor. */
export async function benchSize(context: Context): Promise<Finding[]> {
  return await withWorkspace(context, { latencyMs: LATENCY_MS }, async (settingFor) => {
    const runs = new Map<Size, Run[]>(SIZES.map((size) => [size, []]))
    const taken = new Map<string, (Resources & Run)[]>()
    for (let round = 0; round < (context.quick ? 3 : 9); round++) {
      for (const [size, own] of runs) own.push(await measure(UNPACED_ACTION, settingFor(size)))
      for (const contender of [UNPACED_ACTION, BARE]) {
        for (const size of SIZES) {
          const key = keyOf(contender, size)
          taken.set(key, [...(taken.get(key) ?? []), await measureResources(contender, settingFor(size))])
        }
      }
    }
    return [growth(runs), ...memory(taken), ...SIZES.map((size) => processor(taken, size))]
  })
}

function keyOf({ name }: Contender, size: Size): string {
  return `${name} ${size}`
}

/** Start-up is what a run with one secret takes to its first request: what more secrets cost before that counts as theirs. */
function growth(runs: ReadonlyMap<Size, readonly Run[]>): Finding {
  const starts = (runs.get(1) ?? []).map(({ firstRequestMs = NaN }) => firstRequestMs)
  const beyond = (size: Size): number[] =>
    (runs.get(size) ?? []).map(({ ms }, round) => ms - (starts[round] ?? NaN))
  const [few, many] = [beyond(100), beyond(1_000)]
  return atMost(
    'time beyond start-up, no limit, 1,000 secrets against 100 at 20 ms',
    medianRatio(many, few),
    10.5,
    `${duration(median(many))} to ${duration(median(few))}`,
  )
}

type Taken = ReadonlyMap<string, readonly (Resources & Run)[]>

function memory(taken: Taken): Finding[] {
  const peaks = (contender: Contender, size: Size): number[] =>
    (taken.get(keyOf(contender, size)) ?? []).map(({ peakKiB }) => peakKiB)
  const told = (contender: Contender): [number, string] => {
    const [one, many] = [peaks(contender, 1), peaks(contender, 1_000)]
    const details = [many, one].map((each) => `${(median(each) / 1_024).toFixed(0)} MiB`).join(' to ')
    return [medianRatio(many, one), details]
  }
  const [bareRatio, bareDetails] = told(BARE)
  return [
    atMost('peak memory, 1,000 secrets against one', ...insert(told(UNPACED_ACTION), 1.6)),
    { what: 'the same of the bare script', measured: `${bareRatio.toFixed(2)} times (${bareDetails})` },
  ]
}

function insert([ratio, details]: [number, string], most: number): [number, number, string] {
  return [ratio, most, details]
}

function processor(taken: Taken, size: Size): Finding {
  const [own, bare] = [UNPACED_ACTION, BARE].map((contender) => taken.get(keyOf(contender, size)) ?? [])
  const used = (runs: readonly Resources[] = []): string => duration(median(runs.map(({ cpuMs }) => cpuMs)))
  const emulator = duration(median((own ?? []).map(({ tally }) => tally.cpuMs)))
  return {
    what: `processor time (user and system), ${size.toLocaleString('en')} secret${size === 1 ? '' : 's'}`,
    measured: `${used(own)}; bare script ${used(bare)}; the emulated workspace ${emulator}`,
  }
}

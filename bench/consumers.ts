import { BENCH_RATE, SEARCHING_ACTION, STEADY_ACTION } from './contenders.js'
import { withWorkspace, type Context } from './context.js'
import { atMost, duration, type Finding } from './findings.js'
import { measureResources, type Resources, type Run } from './measure.js'
import { median, medianRatio } from './rounds.js'

const LATENCY_MS = 20
const SECRETS = 300
const CONSUMERS = { clusters: 500, jobs: 1_000, pipelines: 500, servingEndpoints: 200 }

/** What the search for consumers costs, at a rate that the search and the writes share. */
export async function benchConsumers(context: Context): Promise<Finding[]> {
  const without: (Resources & Run)[] = []
  const searching: (Resources & Run)[] = []
  await withWorkspace(context, { latencyMs: LATENCY_MS, consumers: CONSUMERS }, async (settingFor) => {
    for (let round = 0; round < (context.quick ? 1 : 5); round++) {
      without.push(await measureResources(STEADY_ACTION, settingFor(SECRETS)))
      searching.push(await measureResources(SEARCHING_ACTION, settingFor(SECRETS)))
    }
  })
  const of = (runs: readonly (Resources & Run)[], figure: (run: Resources & Run) => number): number[] =>
    runs.map(figure)
  const writesEnd = ({ lastWriteMs = NaN }: Run): number => lastWriteMs
  const peak = ({ peakKiB }: Resources): number => peakKiB
  const least = ({ tally: { search } }: Run): number => ((search.requests - 1) / BENCH_RATE) * 1_000
  const searched = ({ tally: { search } }: Run): number => search.ms
  const requests = median(of(searching, ({ tally }) => tally.search.requests))
  const compared = (
    what: string,
    ones: number[],
    others: number[],
    most: number,
    show: (n: number) => string,
  ) => atMost(what, medianRatio(ones, others), most, `${show(median(ones))} to ${show(median(others))}`)
  return [
    compared(
      `${SECRETS} secrets at ${BENCH_RATE} requests a second: start to last write, with \`consumers\` against without`,
      of(searching, writesEnd),
      of(without, writesEnd),
      1.02,
      duration,
    ),
    compared(
      `the search in it (${requests} requests) against what the rate allows`,
      of(searching, searched),
      of(searching, least),
      1.15,
      duration,
    ),
    compared(
      'peak memory in it, with `consumers` against without',
      of(searching, peak),
      of(without, peak),
      1.3,
      (kiB) => `${(kiB / 1_024).toFixed(0)} MiB`,
    ),
  ]
}

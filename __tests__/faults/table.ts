import type { Played } from './pool.js'
import { mistakesOf } from './pool.js'

/** How many faults of a kind there were, and what came of them. */
export interface Tally {
  readonly tried: number
  /** Runs that were green all the same, with exactly the right scope. */
  readonly survived: number
  /** Runs that were red and told the truth. */
  readonly reported: number
  /** Runs of which something was wrong that does not hang. */
  readonly wrong: number
  readonly hangs: number
}

/** Counts what came of some runs. Each of them is in one of the last four counts. */
export function tallyOf(played: readonly Played[]): Tally {
  const hangs = played.filter(({ verdict }) => verdict.hangs).length
  const right = played.filter((each) => mistakesOf(each).length === 0)
  const survived = right.filter(({ verdict }) => verdict.survived).length
  return {
    tried: played.filter(({ verdict }) => verdict.tried).length,
    survived,
    reported: right.length - survived,
    wrong: played.length - right.length - hangs,
    hangs,
  }
}

/** The table in Markdown: a row for each kind of fault in the order of the runs, and their sum. */
export function tableOf(played: readonly Played[]): string {
  const rows = new Map<string, Played[]>()
  for (const each of played) rows.set(each.played.row, [...(rows.get(each.played.row) ?? []), each])
  const line = (name: string, { tried, survived, reported, wrong, hangs }: Tally): string =>
    `| ${name} | ${[tried, survived, reported, wrong, hangs].join(' | ')} |`
  return [
    '| Fault | Tried | Survived | Reported | Wrong | Hangs |',
    '| --- | --: | --: | --: | --: | --: |',
    ...[...rows].map(([name, each]) => line(name, tallyOf(each))),
    line('**all**', tallyOf(played)),
  ].join('\n')
}

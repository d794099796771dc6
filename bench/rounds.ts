import type { Contender } from './contenders.js'
import { atMost, duration, type Finding } from './findings.js'
import { measure, type Run, type Setting } from './measure.js'

/** The runs of some contenders; those at the same place of two lists were made one right after the other. */
export type Rounds = ReadonlyMap<Contender, readonly Run[]>

/**
 * Runs contenders in turn, so many times each after a first time that does not count. A machine that is slow for a while
 * is so for all of them: what holds is how they compare within a round.
 */
export async function inRounds(
  contenders: readonly Contender[],
  setting: Setting,
  rounds: number,
): Promise<Rounds> {
  const runs = new Map(contenders.map((contender) => [contender, [] as Run[]]))
  for (let round = 0; round <= rounds; round++) {
    for (const [contender, own] of runs) {
      const run = await measure(contender, setting)
      if (round > 0) own.push(run)
    }
  }
  return runs
}

/** The runs of one contender. */
export function runsOf(rounds: Rounds, contender: Contender): readonly Run[] {
  return rounds.get(contender) ?? []
}

/** The median of one or more numbers. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((one, other) => one - other)
  const half = sorted.length / 2
  return ((sorted[Math.floor(half)] ?? NaN) + (sorted[Math.ceil(half) - 1] ?? NaN)) / 2
}

/** The median of the ratios within each round, of two lists of the same length. */
export function medianRatio(ones: readonly number[], others: readonly number[]): number {
  return median(ones.map((one, round) => one / (others[round] ?? NaN)))
}

/**
 * Compares the times of two contenders.
 *
 * @param most The most that the ratio should be; undefined for no target.
 */
export function compareTimes(
  what: string,
  rounds: Rounds,
  contenders: readonly [Contender, Contender],
  most?: number,
): Finding {
  const [ones, others] = contenders.map((each) => runsOf(rounds, each).map(({ ms }) => ms))
  const ratio = medianRatio(ones ?? [], others ?? [])
  const details = `${duration(median(ones ?? []))} to ${duration(median(others ?? []))}`
  return most === undefined
    ? { what, measured: `${ratio.toFixed(2)} times (${details})` }
    : atMost(what, ratio, most, details)
}

import { keyCount } from '../sync/plan.js'
import { hasTargetChanged, isNotStarted, keysWithOutcome, targetSucceeded } from '../sync/result.js'
import { formatNumber } from '../format-number.js'
import { KEY_OUTCOMES, keyOutcome, keyOutcomeCount } from './key-outcome.js'
import { targetName } from './key-name.js'
import { permissionCounts } from './permissions.js'
import type { Report, TargetReport } from './report.js'
import { staleKeys } from './stale-keys.js'
import { count, listNames } from './wording.js'

/** The most targets that a sentence names. The table has all of them. */
const MAX_NAMES = 10

/** What a reader should know about a target first. In the order in which a report has the targets. */
export const TARGET_OUTCOMES = ['failed', 'not started', 'changed', 'noted', 'unchanged'] as const

/** One of {@link TARGET_OUTCOMES}. `noted` is unchanged with a note of its own. */
export type TargetOutcome = (typeof TARGET_OUTCOMES)[number]

/** The outcome of a target as a whole. */
export function targetOutcome({ result, notes, dryRun }: TargetReport): TargetOutcome {
  if (!targetSucceeded(result)) return 'failed'
  if (isNotStarted(result)) return 'not started'
  if (hasTargetChanged(result, dryRun)) return 'changed'
  return notes.some(({ shared }) => shared !== true) ? 'noted' : 'unchanged'
}

/** The targets in the order of the report: those that need attention come first. */
export function orderTargets(targets: readonly TargetReport[]): TargetReport[] {
  const weightOf = (target: TargetReport): number => TARGET_OUTCOMES.indexOf(targetOutcome(target))
  return [...targets].sort((one, other) => weightOf(one) - weightOf(other))
}

/** Counts the outcomes of one target for a sentence: `2 created, 18 unchanged, 1 permission set`. */
export function countTarget(target: TargetReport): string {
  const { result, dryRun } = target
  if ('stoppedBy' in result) {
    const notWritten = keysWithOutcome('failed', result).length
    return notWritten === 0 ? 'stopped' : `stopped, ${count(notWritten, 'key')} not written`
  }
  if (isNotStarted(result)) return 'not started'
  const counts = [...countKeys([target]), ...permissionCounts([result], dryRun)]
  return counts.length === 0 ? countExisting([target]) : counts.join(', ')
}

/** Names the targets that were not started, and those that stopped the run; undefined if there are none. */
export function describeNotStarted({ targets }: Pick<Report, 'targets'>): string | undefined {
  const namesOf = (some: readonly TargetReport[]): string =>
    listNames(
      some.map(({ result }) => targetName(result)),
      MAX_NAMES,
    )
  const notStarted = targets.filter(({ result }) => isNotStarted(result))
  if (notStarted.length === 0) return undefined
  const stopped = targets.filter(({ result }) => 'stoppedBy' in result)
  const why =
    stopped.length === 1 ? `${namesOf(stopped)} stopped` : `these targets stopped: ${namesOf(stopped)}`
  return `Not started: ${namesOf(notStarted)}. Nothing was written, because ${why}.`
}

/** Counts the keys of targets by outcome. */
export function countKeys(targets: readonly TargetReport[]): string[] {
  const dryRun = targets.some((target) => target.dryRun)
  const outcomes = targets.flatMap(({ result }) => result.keys).map(keyOutcome)
  return KEY_OUTCOMES.flatMap((outcome) => {
    const number = outcomes.filter((each) => each === outcome).length
    return number > 0 ? [`${formatNumber(number)} ${keyOutcomeCount(outcome, dryRun)}`] : []
  })
}

/** Counts the keys of targets that the run only reported on. */
export function countExisting(targets: readonly TargetReport[]): string {
  const [first, ...others] = targets
  const number = targets.reduce((sum, { result: { plan } }) => sum + (plan ? keyCount(plan.store) : 0), 0)
  const ages = targets.flatMap((target) => target.ages)
  const stale = targets.flatMap(staleKeys).length
  // Keys whose names must not be printed have no age here. They may be stale, too.
  const unknown = number - ages.filter(({ days }) => days !== undefined).length
  const known = unknown < number ? [`${formatNumber(stale)} of them stale`] : []
  const ofUnknownAge = unknown > 0 ? [`${formatNumber(unknown)} of unknown age`] : []
  const where = others.length === 0 ? ` in the ${first?.result.target.store.kind ?? 'scope'}` : ''
  return [`${count(number, 'key')}${where}`, ...known, ...ofUnknownAge].join(', ')
}

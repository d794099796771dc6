import { WorkspaceError } from '../databricks/workspace-error.js'
import { keyCount } from '../sync/plan.js'
import type { KeyResult, TargetResult } from '../sync/result.js'
import { formatNumber } from '../format-number.js'
import { KEY_OUTCOMES, keyOutcome, keyOutcomeLabel } from './key-outcome.js'
import type { Report, TargetReport } from './report.js'
import { staleKeys } from './stale-keys.js'
import { count } from './wording.js'

/**
 * Summarizes the run in one sentence: how many keys have which outcome. Each key is counted once.
 *
 * @param dryRunStart The start for a dry run. The title of the job summary already says that it is one.
 */
export function summaryLine(
  report: Pick<Report, 'targets' | 'stopped' | 'dryRun'>,
  dryRunStart: 'Nothing was written' | 'Dry run, nothing was written' = 'Dry run, nothing was written',
): string {
  const { targets, dryRun } = report
  const results = targets.map(({ result }) => result)
  if (report.stopped !== undefined || results.every((result) => 'stoppedBy' in result)) {
    return results.some(mayHaveCreated)
      ? 'Stopped before the first secret was written'
      : 'Stopped before anything was written'
  }
  const keys = results.flatMap((result) => result.keys)
  const stale = targets.flatMap(staleKeys).length
  const permissions = countPermissions(results, dryRun)
  if (keys.length === 0 && !dryRun) return [...targets.map(countExisting), ...permissions].join(', ')
  const actions = results.flatMap(({ plan }) => plan?.keys ?? []).map(({ action }) => action)
  const hasWrites = actions.some((action) => action === 'create' || action === 'update')
  const start = dryRun ? `${dryRunStart}: ` : hasWrites ? '' : 'Nothing to write: '
  const counts = [...countKeys(keys, dryRun), ...permissions].join(', ')
  // Stale keys are not counted with the outcomes: they are already counted, or are not in the map.
  return `${start}${counts === '' ? 'nothing to do' : counts}${stale > 0 ? `; ${count(stale, 'stale key')}` : ''}`
}

/** Counts the keys of a target that the run only reported on. */
function countExisting(report: TargetReport): string {
  const { result, ages } = report
  const { plan, target } = result
  const number = plan === undefined ? 0 : keyCount(plan.store)
  const stale = staleKeys(report).length
  // Keys whose names must not be printed have no age here. They may be stale, too.
  const unknown = number - ages.filter(({ days }) => days !== undefined).length
  const known = unknown < number ? [`${formatNumber(stale)} of them stale`] : []
  const ofUnknownAge = unknown > 0 ? [`${formatNumber(unknown)} of unknown age`] : []
  return [`${count(number, 'key')} in the ${target.store.kind}`, ...known, ...ofUnknownAge].join(', ')
}

/** Whether the store was or may have been created. A run that stopped early has written nothing else. */
function mayHaveCreated({ created, stoppedBy }: TargetResult): boolean {
  return created !== undefined || (stoppedBy instanceof WorkspaceError && stoppedBy.outcomeUnknown)
}

/** Counts the keys by outcome. */
function countKeys(keys: readonly KeyResult[], dryRun: boolean): string[] {
  const outcomes = keys.map(keyOutcome)
  return KEY_OUTCOMES.flatMap((outcome) => {
    const number = outcomes.filter((each) => each === outcome).length
    const toDo = dryRun && outcome !== 'unchanged' ? 'to ' : ''
    return number > 0 ? [`${formatNumber(number)} ${toDo}${keyOutcomeLabel(outcome, dryRun)}`] : []
  })
}

function countPermissions(results: readonly TargetResult[], dryRun: boolean): string[] {
  const outcomes = results.flatMap(({ permissions }) => permissions).map(({ outcome }) => outcome)
  return (['set', 'failed'] as const).flatMap((outcome) => {
    const number = outcomes.filter((each) => each === outcome).length
    const word = outcome === 'set' && dryRun ? 'to set' : outcome
    return number > 0 ? [`${count(number, 'permission')} ${word}`] : []
  })
}

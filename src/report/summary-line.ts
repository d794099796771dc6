import { WorkspaceError } from '../databricks/workspace-error.js'
import { isNotStarted, isWritten, type TargetResult } from '../sync/result.js'
import { formatNumber } from '../format-number.js'
import { permissionCounts } from './permissions.js'
import type { Report } from './report.js'
import { staleKeys } from './stale-keys.js'
import { countExisting, countKeys } from './target-outcome.js'
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
  const isStopped = (result: TargetResult): boolean => 'stoppedBy' in result
  const isOne = targets.length === 1
  if (
    report.stopped !== undefined ||
    results.every((result) => isStopped(result) || (isNotStarted(result) && results.some(isStopped)))
  ) {
    const what = results.some(mayHaveCreated)
      ? 'before the first secret was written'
      : 'before anything was written'
    return isOne ? `Stopped ${what}` : `${count(targets.length, 'target')}: stopped ${what}`
  }
  const stopped = results.filter(isStopped).length
  const number = isOne
    ? ''
    : `${count(targets.length, 'target')}${stopped > 0 ? `, ${formatNumber(stopped)} stopped` : ''}: `
  const keys = results.flatMap((result) => result.keys)
  const permissions = permissionCounts(results, dryRun)
  if (keys.length === 0 && !dryRun) return number + [countExisting(targets), ...permissions].join(', ')
  const stale = targets.flatMap(staleKeys).length
  const actions = results.flatMap(({ plan }) => plan?.keys ?? []).map(({ action }) => action)
  const hasWrites = actions.some((action) => action === 'create' || action === 'update')
  const start = dryRun
    ? `${dryRunStart}${isOne ? ': ' : '. '}`
    : hasWrites || !isOne
      ? ''
      : 'Nothing to write: '
  const counts = [...countKeys(targets), ...permissions].join(', ')
  // Stale keys are not counted with the outcomes: they are already counted, or are not in the map.
  return `${start}${number}${counts === '' ? 'nothing to do' : counts}${stale > 0 ? `; ${count(stale, 'stale key')}` : ''}`
}

/** Says how many of the written values `verify` has read back and found equal; undefined if there are none. */
export function verifiedLine({ targets, dryRun }: Pick<Report, 'targets' | 'dryRun'>): string | undefined {
  if (dryRun) return undefined
  const written = targets.flatMap(({ result: { keys, target } }) =>
    keys
      .filter((each) => each.outcome !== 'deleted' && isWritten(each))
      .map(({ outcome }) => target.options.verify && outcome !== 'failed'),
  )
  const verified = written.filter(Boolean).length
  if (verified === 0) return undefined
  const start = verified === written.length ? '' : `${formatNumber(verified)} of `
  const [were, match] = verified === 1 ? ['was', 'matches'] : ['were', 'match']
  return `Verified: ${start}${count(written.length, 'written value')} ${were} read back and ${match}`
}

/** Whether the store was or may have been created. A run that stopped early has written nothing else. */
function mayHaveCreated({ created, stoppedBy }: TargetResult): boolean {
  return created !== undefined || (stoppedBy instanceof WorkspaceError && stoppedBy.outcomeUnknown)
}

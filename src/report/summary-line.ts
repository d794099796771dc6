import { WorkspaceError } from '../databricks/workspace-error.js'
import { keyCount } from '../sync/plan.js'
import type { Result } from '../sync/result.js'
import { formatNumber } from '../format-number.js'
import { KEY_OUTCOMES, keyOutcome, keyOutcomeLabel } from './key-outcome.js'
import type { Report } from './report.js'
import { count } from './wording.js'

/**
 * Summarizes the run in one sentence: how many keys have which outcome. Each key is counted once.
 *
 * @param dryRunStart The start for a dry run. The title of the job summary already says that it is one.
 */
export function summaryLine(
  { result, ages }: Pick<Report, 'result' | 'ages'>,
  dryRunStart: 'Nothing was written' | 'Dry run, nothing was written' = 'Dry run, nothing was written',
): string {
  if ('stoppedBy' in result) {
    return mayHaveCreated(result)
      ? 'Stopped before the first secret was written'
      : 'Stopped before anything was written'
  }
  const { plan, keys, dryRun } = result
  const stale = ages.filter((aged) => aged.stale).length
  const permissions = countPermissions(result)
  if (keys.length === 0 && !dryRun) {
    const number = plan === undefined ? 0 : keyCount(plan.scope)
    // Keys whose names must not be printed have no age here. They may be stale, too.
    const unknown = number - ages.filter(({ days }) => days !== undefined).length
    const known = unknown < number ? [`${formatNumber(stale)} of them stale`] : []
    const ofUnknownAge = unknown > 0 ? [`${formatNumber(unknown)} of unknown age`] : []
    return [`${count(number, 'key')} in the scope`, ...known, ...ofUnknownAge, ...permissions].join(', ')
  }
  const hasWrites = (plan?.keys ?? []).some(({ action }) => action === 'create' || action === 'update')
  const start = dryRun ? `${dryRunStart}: ` : hasWrites ? '' : 'Nothing to write: '
  const counts = [...countKeys(result), ...permissions].join(', ')
  // Stale keys are not counted with the outcomes: they are already counted, or are not in the map.
  return `${start}${counts === '' ? 'nothing to do' : counts}${stale > 0 ? `; ${count(stale, 'stale key')}` : ''}`
}

/** Whether the scope was or may have been created. A run that stopped early has written nothing else. */
function mayHaveCreated({ created, stoppedBy }: Result): boolean {
  return created !== undefined || (stoppedBy instanceof WorkspaceError && stoppedBy.outcomeUnknown)
}

/** Counts the keys by outcome. */
function countKeys({ keys, dryRun }: Result): string[] {
  const outcomes = keys.map(keyOutcome)
  return KEY_OUTCOMES.flatMap((outcome) => {
    const number = outcomes.filter((each) => each === outcome).length
    const toDo = dryRun && outcome !== 'unchanged' ? 'to ' : ''
    return number > 0 ? [`${formatNumber(number)} ${toDo}${keyOutcomeLabel(outcome, dryRun)}`] : []
  })
}

function countPermissions({ permissions, dryRun }: Result): string[] {
  return (['set', 'failed'] as const).flatMap((outcome) => {
    const number = permissions.filter((each) => each.outcome === outcome).length
    const word = outcome === 'set' && dryRun ? 'to set' : outcome
    return number > 0 ? [`${count(number, 'permission')} ${word}`] : []
  })
}

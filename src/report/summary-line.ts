import { WorkspaceError } from '../databricks/workspace-error.js'
import { keyCount } from '../sync/plan.js'
import type { Result } from '../sync/result.js'
import { formatNumber } from '../format-number.js'
import { KEY_OUTCOMES, keyOutcome, keyOutcomeLabel } from './key-outcome.js'
import type { Report } from './report.js'
import { count } from './wording.js'

/** The whole run in a sentence: how many keys have which outcome, each key counted once. */
export function summaryLine({ result, ages }: Pick<Report, 'result' | 'ages'>): string {
  if ('stoppedBy' in result) {
    return mayHaveCreated(result)
      ? 'Stopped before the first secret was put'
      : 'Stopped before anything was written'
  }
  const { plan, keys, dryRun } = result
  const stale = ages.filter((aged) => aged.stale).length
  const permissions = countPermissions(result)
  if (keys.length === 0 && !dryRun) {
    const number = plan === undefined ? 0 : keyCount(plan.scope)
    // Keys that cannot be named have no age here, and may be stale, too.
    const unknown = number - ages.filter(({ days }) => days !== undefined).length
    const known = unknown < number ? [`${formatNumber(stale)} of them stale`] : []
    const ageless = unknown > 0 ? [`${formatNumber(unknown)} of unknown age`] : []
    return [`${count(number, 'key')} in the scope`, ...known, ...ageless, ...permissions].join(', ')
  }
  const isPut = (plan?.keys ?? []).some(({ action }) => action === 'create' || action === 'update')
  const start = dryRun ? 'Dry run, nothing was written: ' : isPut ? '' : 'Nothing to put: '
  const counts = [...countKeys(result), ...permissions].join(', ')
  // Stale keys are among those that are counted already, or not in the map.
  return `${start}${counts === '' ? 'nothing to do' : counts}${stale > 0 ? `; ${count(stale, 'stale key')}` : ''}`
}

/** Whether the scope was created, or may have been: all that can have been written by a run that was stopped. */
function mayHaveCreated({ created, stoppedBy }: Result): boolean {
  return created !== undefined || (stoppedBy instanceof WorkspaceError && stoppedBy.outcomeUnknown)
}

/** How many keys ended in which way. */
function countKeys({ keys, dryRun }: Result): string[] {
  const ends = keys.map(keyOutcome)
  return KEY_OUTCOMES.flatMap((end) => {
    const number = ends.filter((each) => each === end).length
    const toDo = dryRun && end !== 'unchanged' ? 'to ' : ''
    return number > 0 ? [`${formatNumber(number)} ${toDo}${keyOutcomeLabel(end, dryRun)}`] : []
  })
}

function countPermissions({ permissions, dryRun }: Result): string[] {
  return (['set', 'failed'] as const).flatMap((outcome) => {
    const number = permissions.filter((each) => each.outcome === outcome).length
    const word = outcome === 'set' && dryRun ? 'to set' : outcome
    return number > 0 ? [`${count(number, 'permission')} ${word}`] : []
  })
}

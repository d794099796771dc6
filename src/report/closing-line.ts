import { WorkspaceError } from '../databricks/workspace-error.js'
import { sizeOf } from '../sync/plan.js'
import { isWritten, type Result } from '../sync/result.js'
import { withThousands } from '../thousands.js'
import { KEY_ENDS, keyEnd, keyEndWord } from './key-end.js'
import type { Report } from './report.js'
import { count } from './words.js'

/** The whole run in a sentence: how many secrets were put, and what became of all other keys. */
export function closingLine({ result, ages }: Pick<Report, 'result' | 'ages'>): string {
  if ('stoppedBy' in result) {
    return mayHaveCreated(result)
      ? 'Stopped before the first secret was put'
      : 'Stopped before anything was written'
  }
  const { plan, keys } = result
  const stale = ages.filter((aged) => aged.stale).length
  const permissions = countPermissions(result)
  const all = [...countKeys(result), ...(stale > 0 ? [`${stale} stale`] : []), ...permissions].join(', ')
  if (result.dryRun) return `Dry run, nothing was written: ${all === '' ? 'nothing to do' : all}`
  if (keys.length === 0) {
    const number = plan === undefined ? 0 : sizeOf(plan.scope)
    const known = ages.filter(({ days }) => days !== undefined).length
    return [
      `${count(number, 'key')} in the scope`,
      ...(known > 0 ? [`${stale} of them stale`] : []),
      ...(number > known ? [`${withThousands(number - known)} of unknown age`] : []),
    ].join(', ')
  }
  const put = keys.filter((key) => isWritten(key) && key.outcome !== 'deleted').length
  const toPut = (plan?.keys ?? []).filter(({ action }) => action === 'create' || action === 'update').length
  if (toPut === 0) return `Nothing to put: ${all}`
  return `${put === toPut ? '' : `${withThousands(put)} of `}${count(toPut, 'secret')} put: ${all}`
}

/** Whether the scope was created, or may have been: all that can have been written by a run that was stopped. */
function mayHaveCreated({ created, stoppedBy }: Result): boolean {
  return created !== undefined || (stoppedBy instanceof WorkspaceError && stoppedBy.leavesOpen)
}

/** How many keys ended in which way. */
function countKeys({ keys, dryRun }: Result): string[] {
  const ends = keys.map(keyEnd)
  return KEY_ENDS.flatMap((end) => {
    const number = ends.filter((each) => each === end).length
    const toDo = dryRun && end !== 'unchanged' ? 'to ' : ''
    return number > 0 ? [`${withThousands(number)} ${toDo}${keyEndWord(end, dryRun)}`] : []
  })
}

function countPermissions({ permissions, dryRun }: Result): string[] {
  return (['set', 'failed'] as const).flatMap((outcome) => {
    const number = permissions.filter((each) => each.outcome === outcome).length
    const word = outcome === 'set' && dryRun ? 'to set' : outcome
    return number > 0 ? [`${count(number, 'permission')} ${word}`] : []
  })
}

import type { Outcome } from '../sync/result.js'
import { withThousands } from '../thousands.js'

/** What a dry run calls the outcomes that have not come about. */
const FORESEEN: Record<Outcome, string> = {
  created: 'create',
  updated: 'update',
  unchanged: 'unchanged',
  kept: 'keep',
  deleted: 'delete',
  failed: 'fail',
}

/** The word for an outcome: what happened, or in a dry run what would. */
export function outcomeWord(outcome: Outcome, dryRun: boolean): string {
  return dryRun ? FORESEEN[outcome] : outcome
}

/** `1 key`, `2 keys`. */
export function count(number: number, noun: string): string {
  return `${withThousands(number)} ${noun}${number === 1 ? '' : 's'}`
}

/** Names as in a sentence, no more than `limit` of them: `a, b and 3 more`. */
export function listNames(names: readonly string[], limit: number): string {
  const rest = names.length - limit
  return rest > 0 ? `${names.slice(0, limit).join(', ')} and ${rest} more` : names.join(', ')
}

import type { KeyResult } from '../sync/result.js'

/** The outcomes of keys as the report names them, with three kinds of failures. In the order of the summary line. */
export const KEY_OUTCOMES = [
  'created',
  'updated',
  'unchanged',
  'kept',
  'deleted',
  'not verified',
  'failed',
  'not deleted',
] as const

/** One of {@link KEY_OUTCOMES}. */
export type KeyOutcome = (typeof KEY_OUTCOMES)[number]

/** The outcome of a key as the report names it. */
export function keyOutcome(result: KeyResult): KeyOutcome {
  if (result.outcome !== 'failed') return result.outcome
  if (result.written === true) return 'not verified'
  return result.skipped === true ? 'not deleted' : 'failed'
}

/** The words of a dry run. */
const PLANNED: Partial<Record<KeyOutcome, string>> = {
  created: 'create',
  updated: 'update',
  kept: 'keep',
  deleted: 'delete',
}

/** The word for an outcome: what happened, or in a dry run what would happen. */
export function keyOutcomeLabel(outcome: KeyOutcome, dryRun: boolean): string {
  return (dryRun ? PLANNED[outcome] : undefined) ?? outcome
}

import type { KeyResult } from '../sync/result.js'

/** What is said of keys: their outcomes, with three kinds of failures told apart. In the order in which they are counted. */
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

/** What is said of a key. */
export function keyOutcome(result: KeyResult): KeyOutcome {
  if (result.outcome !== 'failed') return result.outcome
  if (result.written === true) return 'not verified'
  return result.heldBack === true ? 'not deleted' : 'failed'
}

/** What a dry run calls that which has not come about. */
const FORESEEN: Partial<Record<KeyOutcome, string>> = {
  created: 'create',
  updated: 'update',
  kept: 'keep',
  deleted: 'delete',
}

/** The word for it: what happened, or in a dry run what would. */
export function keyOutcomeLabel(end: KeyOutcome, dryRun: boolean): string {
  return (dryRun ? FORESEEN[end] : undefined) ?? end
}

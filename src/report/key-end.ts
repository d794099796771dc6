import type { KeyResult } from '../sync/result.js'

/** What is said of keys: their outcomes, with three kinds of failures told apart. In the order in which they are counted. */
export const KEY_ENDS = [
  'created',
  'updated',
  'unchanged',
  'kept',
  'deleted',
  'not verified',
  'failed',
  'not deleted',
] as const

/** One of {@link KEY_ENDS}. */
export type KeyEnd = (typeof KEY_ENDS)[number]

/** What is said of a key. */
export function keyEnd(result: KeyResult): KeyEnd {
  if (result.outcome !== 'failed') return result.outcome
  if (result.written === true) return 'not verified'
  return result.heldBack === true ? 'not deleted' : 'failed'
}

/** What a dry run calls that which has not come about. */
const FORESEEN: Partial<Record<KeyEnd, string>> = {
  created: 'create',
  updated: 'update',
  kept: 'keep',
  deleted: 'delete',
}

/** The word for it: what happened, or in a dry run what would. */
export function keyEndWord(end: KeyEnd, dryRun: boolean): string {
  return (dryRun ? FORESEEN[end] : undefined) ?? end
}

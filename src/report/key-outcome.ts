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

/** The order of the keys in the log and the job summary: the most important come first. */
export const OUTCOMES_BY_WEIGHT: readonly KeyOutcome[] = [
  'failed',
  'not verified',
  'not deleted',
  'deleted',
  'created',
  'updated',
  'unchanged',
  'kept',
]

/** The outcome of a key as the report names it. */
export function keyOutcome(result: KeyResult): KeyOutcome {
  if (result.outcome !== 'failed') return result.outcome
  if (result.written === true) return 'not verified'
  return result.skipped === true ? 'not deleted' : 'failed'
}

/** The outcomes that a dry run only expects. */
const PLANNED: readonly KeyOutcome[] = ['created', 'updated', 'kept', 'deleted']

/** The words for an outcome: what happened, or in a dry run what will happen. */
export function keyOutcomeLabel(outcome: KeyOutcome, dryRun: boolean): string {
  return dryRun && PLANNED.includes(outcome) ? `will be ${outcome}` : outcome
}

const TO_DO: Partial<Record<KeyOutcome, string>> = {
  created: 'to create',
  updated: 'to update',
  kept: 'to keep',
  deleted: 'to delete',
}

/** The words for an outcome after a number: `2 created`, or in a dry run `2 to create`. */
export function keyOutcomeCount(outcome: KeyOutcome, dryRun: boolean): string {
  return (dryRun ? TO_DO[outcome] : undefined) ?? outcome
}

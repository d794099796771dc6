import { normalizeKey } from '../secrets/key.js'
import type { KeyAge } from '../sync/key-age.js'
import { isWritten } from '../sync/result.js'
import { keyOutcome, OUTCOMES_BY_WEIGHT, type KeyOutcome } from './key-outcome.js'
import type { TargetReport } from './report.js'

/** From this number of unchanged keys on, they are folded away, in the log and in the job summary. */
const FOLDED_FROM = 20

/** The same for one of several targets. */
const FOLDED_FROM_OF_SEVERAL = 5

/** A key of a report. */
export interface KeyRow {
  readonly key: string
  /** Undefined for a key that is not in the map and that the run left alone. */
  readonly outcome: KeyOutcome | undefined
  /** Its age; undefined if it is not reported, or the run wrote the key. */
  readonly aged: KeyAge | undefined
  /** Whether this run wrote it. False in a dry run. */
  readonly written: boolean
}

/** The keys of a target in the order of the report. */
export interface KeyRows {
  readonly shown: readonly KeyRow[]
  /** Unchanged keys, if there are many of them. */
  readonly folded: readonly KeyRow[]
}

/**
 * Orders the keys of a target, in the same way for the log and the job summary: the keys of the plan and, if ages are
 * reported, other keys of the target. Failed keys come first, and stale keys before unchanged ones.
 *
 * @param others Which keys that are not in the map are listed.
 */
export function orderKeys(
  { result, ages, dryRun, isOneOfSeveral }: TargetReport,
  others: 'all' | 'stale',
): KeyRows {
  const ageOf = new Map(ages.map((aged) => [normalizeKey(aged.key), aged]))
  const planned = result.keys
    .map((each): KeyRow => {
      const aged = ageOf.get(normalizeKey(each.key))
      ageOf.delete(normalizeKey(each.key))
      const outcome = keyOutcome(each)
      return { key: each.key, outcome, aged, written: !dryRun && outcome !== 'deleted' && isWritten(each) }
    })
    .sort((one, other) => weightOf(one) - weightOf(other))
  const notInMap = [...ageOf.values()]
    .filter(({ stale }) => stale || others === 'all')
    .map((aged): KeyRow => ({ key: aged.key, outcome: undefined, aged, written: false }))
  const rows = [...planned, ...notInMap]
  const unchanged = rows.filter(isUnchanged)
  const changed = rows.filter((row) => !isUnchanged(row))
  return unchanged.length < (isOneOfSeveral ? FOLDED_FROM_OF_SEVERAL : FOLDED_FROM)
    ? { shown: [...changed, ...unchanged], folded: [] }
    : { shown: changed, folded: unchanged }
}

function weightOf({ outcome }: KeyRow): number {
  return outcome === undefined ? OUTCOMES_BY_WEIGHT.length : OUTCOMES_BY_WEIGHT.indexOf(outcome)
}

/** Whether nothing changed and nothing needs attention. */
function isUnchanged({ outcome, aged }: KeyRow): boolean {
  return aged?.stale !== true && (outcome === undefined || outcome === 'unchanged' || outcome === 'kept')
}

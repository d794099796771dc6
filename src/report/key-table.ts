import { normalizeKey } from '../secrets/key.js'
import type { KeyAge } from '../sync/key-age.js'
import { isWritten, type KeyResult } from '../sync/result.js'
import { failuresInRows } from './failure-blocks.js'
import { keyOutcome, keyOutcomeLabel, type KeyOutcome } from './key-outcome.js'
import { code, table, type Lines } from './markdown.js'
import type { TargetReport } from './report.js'
import { count } from './wording.js'

/** The most unchanged rows that are shown below the others. More are folded away. */
const MAX_UNCHANGED_ROWS = 20

/** The mark before each outcome. The rows have this order: the most important come first. */
const MARKS: Record<KeyOutcome, string> = {
  failed: '❌',
  'not verified': '❌',
  'not deleted': '⏭️',
  deleted: '🗑️',
  created: '🆕',
  updated: '🔄',
  unchanged: '⚪',
  kept: '⚪',
}

const ORDER = Object.keys(MARKS)

interface Row {
  readonly cells: readonly string[]
  /** True if nothing changed and nothing needs attention. */
  readonly isUnchanged: boolean
}

/**
 * Renders the keys as a table in GitHub-flavoured Markdown: the keys of the plan and, if ages are reported, all other keys
 * of the target. Failed keys come first, and stale keys before unchanged ones. If many keys are unchanged, they get a table
 * of their own that is folded away.
 */
export function renderKeys({ result, reasons, ages, dryRun }: TargetReport): Lines[] {
  const ageOf = new Map(ages.map((aged) => [normalizeKey(aged.key), aged]))
  const withAges = ages.length > 0
  const reasonOf = failuresInRows(reasons.keys)
  const planned = [...result.keys]
    .sort((a, b) => rank(a) - rank(b))
    .map((each): Row => {
      const { key } = each
      const outcome = keyOutcome(each)
      const aged = ageOf.get(normalizeKey(key))
      ageOf.delete(normalizeKey(key))
      return {
        cells: [
          code(key),
          `${MARKS[outcome]} ${keyOutcomeLabel(outcome, dryRun)}${reasonOf.get(key) ?? ''}`,
          ...(withAges ? [age(aged, isWritten(each) && outcome !== 'deleted' && !dryRun)] : []),
        ],
        isUnchanged: ['unchanged', 'kept'].includes(outcome) && aged?.stale !== true,
      }
    })
  const notInMap = [...ageOf.values()].map((aged): Row => ({
    cells: [code(aged.key), 'not in the map', age(aged, false)],
    isUnchanged: !aged.stale,
  }))
  const rows = [...planned, ...notInMap]
  const heads = ['Key', 'Result', ...(withAges ? ['Last update'] : [])]
  const render = (some: readonly Row[]): Lines[] =>
    some.length === 0
      ? []
      : [
          table(
            heads,
            some.map(({ cells }) => cells),
          ),
        ]
  const unchanged = rows.filter((row) => row.isUnchanged)
  const others = rows.filter((row) => !row.isUnchanged)
  if (unchanged.length <= MAX_UNCHANGED_ROWS) return render([...others, ...unchanged])
  const folded = `${count(unchanged.length, 'key')} left alone`
  return [...render(others), ...render(unchanged).map((lines) => ({ ...lines, folded }))]
}

function rank(result: KeyResult): number {
  return ORDER.indexOf(keyOutcome(result))
}

function age(aged: KeyAge | undefined, written: boolean): string {
  if (aged === undefined) return written ? 'now' : '–'
  if (aged.days === undefined) return 'unknown'
  return `${aged.days === 0 ? 'today' : `${count(aged.days, 'day')} ago`}${aged.stale ? ' ⚠️' : ''}`
}

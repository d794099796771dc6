import { sameKey } from '../secrets/key.js'
import type { AgedKey } from '../sync/age.js'
import { isWritten, type KeyResult, type Outcome } from '../sync/result.js'
import { code, details, escapeMarkdown, table } from './markdown.js'
import type { Report } from './report.js'
import { count, outcomeWord } from './words.js'

/** Up to so many rows of which there is nothing to say stand among the others. */
const MAX_QUIET_ROWS = 20

const MARKS: Record<Outcome, string> = {
  created: '🆕',
  updated: '🔄',
  unchanged: '⚪',
  kept: '⚪',
  deleted: '🗑️',
  failed: '❌',
}

interface Row {
  readonly cells: readonly string[]
  /** True where nothing happened, and nothing should. */
  readonly quiet: boolean
}

/**
 * Renders the keys as a table in GitHub-flavoured Markdown: those of the plan, what failed before all else, and, where
 * ages are told, all others of the scope. Many that were left as they are stand in a table of their own that is folded away.
 */
export function renderKeys({ result, reasons, ages }: Report): string[] {
  const ageOf = new Map(ages.map((aged) => [sameKey(aged.key), aged]))
  const withAges = ages.length > 0
  const failedFirst = [...result.keys].sort((a, b) => rank(a) - rank(b))
  const planned = failedFirst.map((each): Row => {
    const { key, outcome } = each
    const reason = reasons.failed.get(key)
    const why = reason === undefined ? '' : `: ${escapeMarkdown(reason)}`
    const aged = ageOf.get(sameKey(key))
    ageOf.delete(sameKey(key))
    return {
      cells: [
        code(key),
        `${MARKS[outcome]} ${outcomeWord(outcome, result.dryRun)}${why}`,
        ...(withAges ? [age(aged, isWritten(each) && !result.dryRun)] : []),
      ],
      quiet: ['unchanged', 'kept'].includes(outcome) && aged?.stale !== true,
    }
  })
  const others = [...ageOf.values()].map((aged): Row => ({
    cells: [code(aged.key), 'not in the map', age(aged, false)],
    quiet: !aged.stale,
  }))
  const rows = [...planned, ...others]
  const heads = ['Key', 'Result', ...(withAges ? ['Last update'] : [])]
  const render = (some: readonly Row[]): string[] =>
    some.length === 0
      ? []
      : [
          table(
            heads,
            some.map(({ cells }) => cells),
          ),
        ]
  const quiet = rows.filter((row) => row.quiet)
  if (quiet.length <= MAX_QUIET_ROWS) return render(rows)
  return [
    ...render(rows.filter((row) => !row.quiet)),
    details(`${count(quiet.length, 'key')} left as they are`, ...render(quiet)),
  ]
}

function rank({ outcome }: KeyResult): number {
  return outcome === 'failed' ? 0 : 1
}

function age(aged: AgedKey | undefined, written: boolean): string {
  if (aged === undefined) return written ? 'now' : '–'
  if (aged.days === undefined) return 'unknown'
  return `${aged.days === 0 ? 'today' : `${count(aged.days, 'day')} ago`}${aged.stale ? ' ⚠️' : ''}`
}

import type { KeyAge } from '../sync/key-age.js'
import { failuresInRows } from './failure-blocks.js'
import { keyOutcomeLabel, type KeyOutcome } from './key-outcome.js'
import { orderKeys, type KeyRow } from './key-rows.js'
import { code, table, type Lines } from './markdown.js'
import type { TargetReport } from './report.js'
import { count } from './wording.js'

/** The mark before each outcome. What is left alone has none. */
const MARKS: Record<KeyOutcome, string> = {
  failed: '❌ ',
  'not verified': '❌ ',
  'not deleted': '⏭️ ',
  deleted: '🗑️ ',
  created: '🆕 ',
  updated: '✏️ ',
  unchanged: '',
  kept: '',
}

/**
 * Renders the keys as a table in GitHub-flavoured Markdown, in the order of {@link orderKeys}. If many keys are unchanged,
 * they get a table of their own that is folded away.
 *
 * @param section The title of a folded section: then all keys are in one table, which is folded away under it.
 */
export function renderKeys(report: TargetReport, section?: string): Lines[] {
  const { ages, reasons, dryRun } = report
  const withAges = ages.length > 0
  const reasonOf = failuresInRows(reasons.keys)
  const { shown, folded } = orderKeys(report, 'all')
  const cellsOf = ({ key, outcome, aged, written }: KeyRow): string[] => [
    code(key),
    outcome === undefined
      ? 'not in the map'
      : `${MARKS[outcome]}${keyOutcomeLabel(outcome, dryRun)}${reasonOf.get(key) ?? ''}`,
    ...(withAges ? [age(aged, written)] : []),
  ]
  const heads = ['Key', 'Result', ...(withAges ? ['Last update'] : [])]
  const render = (rows: readonly KeyRow[]): Lines[] =>
    rows.length === 0 ? [] : [table(heads, rows.map(cellsOf))]
  if (section !== undefined) {
    return render([...shown, ...folded]).map((lines) => ({ ...lines, folded: section }))
  }
  const title = leftAlone(folded.length)
  return [...render(shown), ...render(folded).map((lines) => ({ ...lines, folded: title }))]
}

/** The title over keys that are folded away. */
export function leftAlone(keys: number): string {
  return `${count(keys, 'key')} left alone`
}

function age(aged: KeyAge | undefined, written: boolean): string {
  if (aged === undefined) return written ? 'now' : '–'
  if (aged.days === undefined) return 'unknown'
  return `${aged.days === 0 ? 'today' : `${count(aged.days, 'day')} ago`}${aged.stale ? ' ⚠️' : ''}`
}

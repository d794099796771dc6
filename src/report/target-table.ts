import { keyCount } from '../sync/plan.js'
import { isNotStarted } from '../sync/result.js'
import { formatNumber } from '../format-number.js'
import { keyOutcome, type KeyOutcome } from './key-outcome.js'
import { targetName } from './key-name.js'
import { code, table, type Lines } from './markdown.js'
import type { TargetReport } from './report.js'
import { targetOutcome } from './target-outcome.js'

/** The columns with numbers of keys, and the outcomes that each counts. */
const COLUMNS: readonly {
  readonly head: string
  readonly planned: string
  readonly of: readonly KeyOutcome[]
}[] = [
  { head: 'Created', planned: 'Create', of: ['created'] },
  { head: 'Updated', planned: 'Update', of: ['updated'] },
  { head: 'Unchanged', planned: 'Unchanged', of: ['unchanged', 'kept'] },
  { head: 'Deleted', planned: 'Delete', of: ['deleted'] },
  { head: 'Failed', planned: 'Failed', of: ['failed', 'not verified', 'not deleted'] },
]

/** Renders a table with a line for each target, in the order of the inputs. A number that is 0 is left out. */
export function renderTargetTable(targets: readonly TargetReport[], dryRun: boolean): Lines {
  const withPermissions = targets.some(({ permissions }) => permissions.length > 0)
  const withAges = targets.some(({ ages }) => ages.length > 0)
  const heads = [
    'Target',
    'Kind',
    ...COLUMNS.map(({ head, planned }) => (dryRun ? planned : head)),
    ...(withAges ? ['Stale'] : []),
    ...(withPermissions ? ['Permissions'] : []),
  ]
  const rows = targets.map((target) => [
    `${targetOutcome(target) === 'failed' ? '❌ ' : ''}${code(targetName(target.result))}`,
    target.result.target.store.kind,
    ...keyCells(target),
    ...(withAges ? [cell(target.ages.filter(({ stale }) => stale).length)] : []),
    ...(withPermissions ? [permissionCell(target)] : []),
  ])
  return { ...table(heads, rows), first: true }
}

function keyCells({ result }: TargetReport): string[] {
  if ('stoppedBy' in result) return COLUMNS.map(({ head }) => (head === 'Failed' ? 'stopped' : ''))
  if (isNotStarted(result)) return COLUMNS.map(({ head }) => (head === 'Failed' ? 'not started' : ''))
  const outcomes = result.keys.map(keyOutcome)
  // A target that is only reported on has keys, but no outcomes.
  const existing = outcomes.length === 0 && result.plan !== undefined ? keyCount(result.plan.store) : 0
  return COLUMNS.map(({ of }) =>
    cell(
      outcomes.filter((outcome) => of.includes(outcome)).length + (of.includes('unchanged') ? existing : 0),
    ),
  )
}

function permissionCell({ permissions }: TargetReport): string {
  const numbers = new Map<string, number>()
  for (const { outcome } of permissions) numbers.set(outcome, (numbers.get(outcome) ?? 0) + 1)
  return [...numbers].map(([outcome, number]) => `${formatNumber(number)} ${outcome}`).join(', ')
}

function cell(number: number): string {
  return number === 0 ? '' : formatNumber(number)
}

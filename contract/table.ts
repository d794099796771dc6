import { ALL_CASES } from './cases/all.js'
import type { Cell } from './judge.js'
import type { Plan } from './world.js'

const MARKS: Record<Cell['verdict'], string> = {
  agrees: 'yes',
  disagrees: 'NO',
  'cannot say': '-',
  'not run': '.',
}

/**
 * Formats the contract table in Markdown: a row for each case, a column for each client with the marks of both plans
 * (`- / yes`), and the number of cells that agree. A `*` marks a case that sends its own response.
 */
export function tableOf(cells: readonly Cell[]): string {
  const clients = [...new Map(cells.map(({ client, version }) => [client, `${client} ${version}`]))]
  const played = new Set(cells.map(({ title }) => title))
  const cases = ALL_CASES.filter(({ title }) => played.has(title))
  const rows = cases.map(({ title, ownReply }) => [
    ownReply ? `${title} *` : title,
    ...clients.map(([client]) => {
      const own = cells.filter((cell) => cell.title === title && cell.client === client)
      return (['premium', 'standard'] satisfies Plan[])
        .flatMap((plan) => own.filter((cell) => cell.plan === plan))
        .map(({ plan, verdict }) => (own.length === 1 ? `${MARKS[verdict]} (${plan})` : MARKS[verdict]))
        .join(' / ')
    }),
  ])
  const counts = clients.map(([client]) => {
    const { agrees, disagrees } = countsOf(cells.filter((cell) => cell.client === client))
    return disagrees === 0 ? `${agrees} agree` : `${agrees} agree, ${disagrees} do NOT`
  })
  return align([
    ['case (premium / standard)', ...clients.map(([, name]) => name)],
    ...rows,
    ['cells', ...counts],
  ])
}

/** Counts the cells of each verdict. */
export function countsOf(cells: readonly Cell[]): Record<Cell['verdict'], number> {
  const counts = { agrees: 0, disagrees: 0, 'cannot say': 0, 'not run': 0 }
  for (const { verdict } of cells) counts[verdict]++
  return counts
}

function align(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  )
  const lines = rows.map((row) => `| ${row.map((cell, n) => cell.padEnd(widths[n] ?? 0)).join(' | ')} |`)
  return [lines[0], `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...lines.slice(1)].join(
    '\n',
  )
}

import { ALL_CASES } from './cases/all.js'
import { nameOfCell, type Cell } from './judge.js'
import { countsOf, tableOf } from './table.js'

/** Formats the result of a run: the table, each disagreement, and the number of cells of each verdict. */
export function reportOf(cells: readonly Cell[]): string {
  const disagreements = cells
    .filter(({ verdict }) => verdict === 'disagrees')
    .map((cell) => `NO: ${nameOfCell(cell)}\n    ${cell.detail ?? ''}\n`)
  return ['', tableOf(cells), '', ...disagreements, summaryOf(cells)].join('\n')
}

/** Whether any cell is a disagreement. */
export function isRefuted(cells: readonly Cell[]): boolean {
  return countsOf(cells).disagrees > 0
}

function summaryOf(cells: readonly Cell[]): string {
  const { agrees, disagrees, 'cannot say': silent, 'not run': left } = countsOf(cells)
  const own = new Set(ALL_CASES.filter(({ ownReply }) => ownReply).map(({ title }) => title))
  const ofOwn = cells.filter(({ title, verdict }) => verdict === 'agrees' && own.has(title)).length
  const played =
    `${agrees} cells agree (${ofOwn} of them on answers of the cases' own, *), ${disagrees} disagree; ` +
    `in ${silent} the client has no words for it`
  if (left === 0) return played
  const reasons = new Set(cells.filter(({ verdict }) => verdict === 'not run').map(({ detail }) => detail))
  return `${played}; ${left} were not run (${[...reasons].join('; ')})`
}

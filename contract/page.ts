import path from 'node:path'
import { fillPlaces } from '../scripts/fill-place.js'
import type { Cell } from './judge.js'
import { tableOf } from './table.js'

const PAGE = path.resolve(import.meta.dirname, '..', 'docs', 'contract-results.md')

/**
 * Compares the table in docs/contract-results.md with these cells.
 *
 * @param mode `write` updates the page, `check` does not
 * @returns whether the page was up to date
 * @throws Error if the page has no markers around the table
 */
export async function fillPage(cells: readonly Cell[], mode: 'write' | 'check'): Promise<boolean> {
  return fillPlaces(PAGE, { table: tableOf(cells) }, mode)
}

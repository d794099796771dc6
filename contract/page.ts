import path from 'node:path'
import { fillPlaces } from '../scripts/fill-place.js'
import type { Cell } from './judge.js'
import { tableOf } from './table.js'

const PAGE = path.resolve(import.meta.dirname, '..', 'docs', 'contract.md')

/**
 * Holds the table of docs/contract.md to these cells.
 *
 * @param mode `write` puts their table in, `check` leaves the page as it is
 * @returns whether the page had their table before
 * @throws Error when the page has lost the marks of its place
 */
export async function fillPage(cells: readonly Cell[], mode: 'write' | 'check'): Promise<boolean> {
  return fillPlaces(PAGE, { table: tableOf(cells) }, mode)
}

import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { format, resolveConfig } from 'prettier'
import type { Cell } from './judge.js'
import { tableOf } from './table.js'

const PAGE = path.resolve(import.meta.dirname, '..', 'docs', 'contract.md')
const PLACE = /(<!-- table: written by .*? -->).*(<!-- end of table -->)/s

/** Puts the table of these cells into docs/contract.md. Throws when the page has lost the marks of its place. */
export async function writePage(cells: readonly Cell[]): Promise<void> {
  const page = await readFile(PAGE, 'utf8')
  if (!PLACE.test(page)) throw new Error(`${PAGE} has no place for the table.`)
  const filled = page.replace(
    PLACE,
    (_, start: string, end: string) => `${start}\n\n${tableOf(cells)}\n\n${end}`,
  )
  await writeFile(PAGE, await format(filled, { ...(await resolveConfig(PAGE)), filepath: PAGE }))
}

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { fillPlaces } from '../../scripts/fill-place.js'

let folder = ''
let file = ''

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'fill-place-'))
  file = path.join(folder, 'page.md')
  writeFileSync(file, '# Page\n\n<!-- table: written by x -- --write -->\n\nold\n\n<!-- end of table -->\n')
})

afterEach(() => {
  rmSync(folder, { recursive: true })
})

// Lost otherwise: a table on a page that is held to nothing.
test('a check finds another text, and leaves it', async () => {
  const before = readFileSync(file, 'utf8')
  expect(await fillPlaces(file, { table: 'new' }, 'check')).toBe(false)
  expect(await fillPlaces(file, { table: 'old' }, 'check')).toBe(true)
  expect(readFileSync(file, 'utf8')).toBe(before)
})

test('what was written is found by the next check', async () => {
  expect(await fillPlaces(file, { table: '$& new' }, 'write')).toBe(false)
  expect(readFileSync(file, 'utf8')).toContain('\n$& new\n')
  expect(await fillPlaces(file, { table: '$& new' }, 'check')).toBe(true)
})

test('a page without the place is refused', async () => {
  await expect(fillPlaces(file, { other: 'new' }, 'write')).rejects.toThrow('page.md has no place')
})

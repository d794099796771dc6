import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { installOnce } from '../../scripts/installation.js'

let cache: string
beforeEach(() => {
  cache = mkdtempSync(path.join(tmpdir(), 'installation-'))
})
afterEach(() => {
  rmSync(cache, { recursive: true })
})

/** Makes an installation that takes a while, and gives back what is in it then. */
async function installed(pin: string, content: string): Promise<string> {
  const folder = await installOnce(cache, 'tool', [pin], async (made) => {
    await writeFile(path.join(made, 'first'), content)
    await delay(200)
    await mkdir(path.join(made, 'sub'))
    await writeFile(path.join(made, 'sub', 'last'), content)
  })
  return (
    readFileSync(path.join(folder, 'first'), 'utf8') + readFileSync(path.join(folder, 'sub', 'last'), 'utf8')
  )
}

// Lost otherwise: both of two runs at once, each of which would find or remove the other's half of an installation.
test('several may install the same at once, and others something else', async () => {
  const found = await Promise.all([installed('1', 'a'), installed('1', 'b'), installed('2', 'c')])
  expect(found[0]).toBe(found[1])
  expect(found[0]).toMatch(/^(aa|bb)$/)
  expect(found[2]).toBe('cc')
  expect(readdirSync(path.join(cache, 'tool'))).toHaveLength(2)
  expect(await installed('2', 'd')).toBe('cc')
})

// Lost otherwise: every later run, which would take half an installation for a whole one.
test('what could not be made is not there, and is made the next time', async () => {
  const failing = installOnce(cache, 'tool', ['1'], async (made) => {
    await writeFile(path.join(made, 'first'), 'half')
    throw new Error('no network')
  })
  await expect(failing).rejects.toThrow('no network')
  expect(readdirSync(path.join(cache, 'tool'))).toEqual([])
  expect(await installed('1', 'a')).toBe('aa')
})

// Lost otherwise: the disk, to versions that nobody uses any more.
test('what nobody has used for a day is removed', async () => {
  await installed('1', 'a')
  const [old = ''] = readdirSync(path.join(cache, 'tool'))
  const before = Date.now() / 1_000 - 90_000
  utimesSync(path.join(cache, 'tool', old), before, before)
  await installed('1', 'a')
  await installed('2', 'b')
  expect(readdirSync(path.join(cache, 'tool'))).toHaveLength(2)
  utimesSync(path.join(cache, 'tool', old), before, before)
  await installed('2', 'b')
  expect(readdirSync(path.join(cache, 'tool'))).not.toContain(old)
})

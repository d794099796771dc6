import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'

import { afterAll, beforeAll, expect, test } from '@jest/globals'

import { unpackCommit } from './commit-archive.js'

/** The archive of the last commit, unpacked, with what a build of it gives. */
const unpacked = path.resolve('.cache', `archive-${process.pid}`)
const built = path.join(unpacked, 'built')

beforeAll(() => {
  mkdirSync(unpacked, { recursive: true })
  unpackCommit(unpacked)
  // Hard links, and no symbolic one: the paths of modules are part of what a bundler makes.
  execFileSync('cp', ['-al', 'node_modules', unpacked])
  const build = ['--import', 'tsx', 'scripts/build.ts', '--source-maps', '--out', built]
  execFileSync(process.execPath, build, { cwd: unpacked, stdio: 'pipe' })
}, 300_000)

afterAll(() => {
  rmSync(unpacked, { recursive: true })
})

// Users run dist, and a security team wants to see that it is what src builds to. If it is not: npm run build, and commit dist.
test('the dist of a commit is what its archive builds to', () => {
  const files = readdirSync(built).filter((file) => !file.endsWith('.map'))
  expect(files).toEqual(readdirSync(path.join(unpacked, 'dist')))
  const isSame = (file: string): boolean =>
    readFileSync(path.join(built, file)).equals(readFileSync(path.join(unpacked, 'dist', file)))
  expect(files.filter((file) => !isSame(file))).toEqual([])
})

// Who hands on dist without the text of a license has no right to: our users, and we ourselves.
test('the licenses of all that is built in are in dist, with their texts', () => {
  const maps = readdirSync(built).filter((file) => file.endsWith('.map'))
  expect(maps.length).toBeGreaterThan(1) // a chunk has one of its own
  const sources = maps.map((file) => readFileSync(path.join(built, file), 'utf8')).join('\n')
  const names = new Set(
    [...sources.matchAll(/node_modules\/((?:@[\w.-]+\/)?[\w.-]+)\//g)].map(([, name = '']) => name),
  )
  expect([...names]).toEqual(expect.arrayContaining(['@actions/core', 'change-case', '@octokit/core']))

  const told = readFileSync(path.join(built, 'licenses.txt'), 'utf8').split(`\n\n${'-'.repeat(80)}\n\n`)
  // Of one package there may be two versions, each with its own.
  expect(new Set(told.map((text) => text.split(' ')[0]))).toEqual(names)
  for (const text of told) expect(text).toMatch(/Permission [^.]*\bgranted|TERMS AND CONDITIONS FOR USE/)
})

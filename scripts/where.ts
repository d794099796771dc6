/**
 * Finds in src the places in dist that the log of a crash names: `npm run where -- index.js:1:54321`.
 *
 * dist has no source maps, which each run would download and none needs. The build makes them again, so this has to be
 * called at the commit that the user ran.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { SourceMap, type SourceMapPayload } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import process from 'node:process'

import { answerHelp } from './answer-help.js'

const root = path.resolve(import.meta.dirname, '..')
answerHelp(`Usage: npm run where -- index.js:1:54321 [FILE:LINE:COLUMN ...]

Finds the places in src for places in dist from a crash report. Call it at the commit that the user ran.`)

const places = process.argv.slice(2).map((text) => /^((?:\d+\.)?index\.js):(\d+):(\d+)$/.exec(text))
if (places.length === 0 || places.includes(null)) {
  process.stderr.write('Name places as the log does: npm run where -- index.js:1:54321\n')
  process.exit(2)
}

const folder = mkdtempSync(path.join(tmpdir(), 'where-'))
try {
  const build = ['--import', 'tsx', 'scripts/build.ts', '--source-maps', '--out', folder]
  const { status } = spawnSync(process.execPath, build, { cwd: root, stdio: ['ignore', 2, 2] })
  if (status !== 0) process.exit(1)
  for (const [, file = '', line = '', column = ''] of places.filter((place) => place !== null)) {
    process.stdout.write(`${file}:${line}:${column} is ${sourceOf(file, Number(line), Number(column))}\n`)
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** Lines and columns count from 1. */
function sourceOf(file: string, line: number, column: number): string {
  const built = path.join(folder, file)
  const committed = path.join(root, 'dist', file)
  if (!existsSync(committed)) return 'in no file of dist'
  if (!readFileSync(committed).equals(readFileSync(built))) return 'unknown: dist is not what src builds to'
  const map = new SourceMap(JSON.parse(readFileSync(`${built}.map`, 'utf8')) as SourceMapPayload)
  const entry = map.findEntry(line - 1, column - 1)
  if (!('originalSource' in entry)) return 'in no source'
  return `${path.posix.normalize(entry.originalSource).replace(/^\.\.\//, '')}:${entry.originalLine + 1}`
}

import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import process from 'node:process'

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'

import { bundledPackages, licenseOf } from '../../scripts/licenses.js'
import { archiveOfCommit, unpackCommit } from './commit-archive.js'

let folder = ''

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'build-'))
})

afterEach(() => {
  rmSync(folder, { recursive: true })
})

/** The archive of the last commit, unpacked. */
let unpacked = ''

beforeAll(() => {
  unpacked = mkdtempSync(path.join(tmpdir(), 'archive-'))
  unpackCommit(unpacked)
})

afterAll(() => {
  rmSync(unpacked, { recursive: true })
})

// Each job of every user downloads it. Half of it is src, for those who rebuild dist.
describe('the archive of a commit', () => {
  test('is small', () => {
    expect(archiveOfCommit('tar.gz').length).toBeLessThan(525_000)
  })

  test('has a small dist', () => {
    const dist = path.join(unpacked, 'dist')
    const sizes = readdirSync(dist).map((file): [string, number] => [
      file,
      statSync(path.join(dist, file)).size,
    ])
    expect(sizes.reduce((sum, [, size]) => sum + size, 0)).toBeLessThan(560_000)
    const chunks = sizes.filter(([file]) => file.endsWith('.index.js'))
    expect(chunks.length).toBeGreaterThan(2)
    expect(chunks.filter(([, size]) => size >= 150_000)).toEqual([])
  })

  test('has an action that starts', () => {
    const { status, stdout } = spawnSync(process.execPath, ['dist/index.js'], {
      cwd: unpacked,
      env: {},
      encoding: 'utf8',
    })
    expect(status).toBe(1)
    expect(stdout).toContain('::error::host: not set')
  })
})

describe('the licenses', () => {
  // A security team approves licenses, and reads which ones there are.
  test('of all that is built in are in docs/dependencies.md', () => {
    const headings = readFileSync(path.join(unpacked, 'dist', 'licenses.txt'), 'utf8').matchAll(
      /^(\S+) \d\S* \((.+)\)$/gm,
    )
    const bundled = [...headings].map(([, name = '', license = '']) => `${license}: ${name}`)
    const section = /^### Licenses of the packages in dist$.*?(?=^##)/ms.exec(
      readFileSync('docs/dependencies.md', 'utf8'),
    )?.[0]
    const rows = [...(section ?? '').matchAll(/^\| ([\w.-]+) +\| (`.*`) +\|$/gm)]
    const listed = rows.flatMap(([, license = '', names = '']) =>
      names.split(', ').map((name) => `${license}: ${name.replaceAll('`', '')}`),
    )
    expect(bundled).toContain('MIT: @actions/core')
    expect(listed.sort()).toEqual([...new Set(bundled)].sort())
  })

  test('of a package are those that it brings along', () => {
    const about = { name: 'fake', version: '1.2.3', license: 'MIT' }
    writeFileSync(path.join(folder, 'package.json'), JSON.stringify(about))
    writeFileSync(path.join(folder, 'LICENSE.md'), 'The text.\r\nOf it.\n')
    writeFileSync(path.join(folder, 'NOTICE'), 'The notice.\n')
    expect(licenseOf(folder)).toBe('fake 1.2.3 (MIT)\n\nThe text.\nOf it.\n\nThe notice.')
  })

  test('of a package that brings none are known, or dist is not built', () => {
    const about = { name: 'fake', version: '1.2.3' }
    writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ ...about, license: 'Apache-2.0' }))
    expect(licenseOf(folder)).toContain('TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION')
    mkdirSync(path.join(folder, 'other'))
    writeFileSync(path.join(folder, 'other', 'package.json'), JSON.stringify({ ...about, license: 'ISC' }))
    expect(() => licenseOf(path.join(folder, 'other'))).toThrow('fake contains no text of its license')
  })
})

test('a package inside of another package is one of its own', () => {
  const sources = ['../src/main.ts', '../node_modules/a/x.js', '.././node_modules/a/node_modules/@b/c/y.js']
  expect(bundledPackages([JSON.stringify({ sources })])).toEqual([
    '../node_modules/a',
    '../node_modules/a/node_modules/@b/c',
  ])
})

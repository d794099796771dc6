import { cpSync, linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

import { Findings } from '../../src/consumers/findings.js'
import { searchRepository, type RepositoryLimits } from '../../src/consumers/repository.js'
import { ScopeIndex } from '../../src/consumers/scope-index.js'

const FILES = path.join('__tests__', 'consumers', 'repository')

let folder = ''

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'checkout-'))
})

afterEach(() => {
  rmSync(folder, { recursive: true })
})

function write(name: string, content: string | Buffer): void {
  mkdirSync(path.join(folder, path.dirname(name)), { recursive: true })
  writeFileSync(path.join(folder, name), content)
}

const REFERENCE = 'x = "{{secrets/storage/blob}}"\n'

async function search(limits?: Partial<RepositoryLimits>, at: string | undefined = folder) {
  const scopes = new ScopeIndex([{ scope: 'storage', keysOfRun: ['blob'], existingKeys: [] }], () => true)
  const findings = new Findings(scopes, [])
  const { signal } = new AbortController()
  const all = { maxFiles: 1_000, maxFileBytes: 100_000, maxBytes: 10_000_000, maxDepth: 10, ...limits }
  const status = await searchRepository(at, scopes, findings, signal, all)
  const found = [...findings.references, ...findings.missing].map(
    ({ consumer, key, line }) => `${consumer.id}:${String(line)} ${key ?? '?'}`,
  )
  return { status, found: found.sort(), findings }
}

describe('the search of a checkout', () => {
  test('finds the calls and references in notebooks, scripts and configurations', async () => {
    cpSync(FILES, folder, { recursive: true })
    const { status, found } = await search()
    expect(status).toEqual({ status: 'searched', items: 8, notSearched: 0, truncated: false })
    expect(found).toEqual(
      [
        'notebooks/Export.scala:6 jdbc-user',
        'notebooks/Export.scala:7 jdbc-password',
        'notebooks/Export.scala:9 keystore',
        'notebooks/Export.scala:15 api-key',
        'notebooks/explore.ipynb:16 explore-key',
        'notebooks/explore.ipynb:20 explore-other',
        'notebooks/explore.ipynb:28 explore-sql',
        'notebooks/ingest.py:7 blob',
        'notebooks/ingest.py:12 DB-Password',
        'notebooks/ingest.py:13 tls-cert',
        'notebooks/ingest.py:26 jdbc-user',
        'notebooks/ingest.py:33 sql-password',
        'notebooks/ingest.py:33 sql-user',
        'notebooks/report.r:4 r-user',
        'notebooks/report.r:5 r-password',
        'notebooks/report.r:6 r-bytes',
        'notebooks/views.sql:6 orders-user',
        'notebooks/views.sql:7 orders-password',
        'resources/job.yml:9 blob',
        'resources/job.yml:11 jdbc-password',
        'resources/job.yml:11 jdbc-user',
        'resources/job.yml:12 jdbc-pasword',
        'resources/main.tf:3 terraform',
        'src/secrets_reader.py:10 in-a-docstring',
        'src/secrets_reader.py:11 module-one',
        'src/secrets_reader.py:12 module-two',
        'src/secrets_reader.py:13 module-three',
        'src/secrets_reader.py:14 module-sql',
        'src/secrets_reader.py:15 module-escaped',
      ].sort(),
    )
  })

  test('tells references to keys of the run from references to missing keys', async () => {
    write('a.yml', '{{secrets/Storage/BLOB}} {{secrets/storage/blobb}}')
    const { references, missing } = (await search()).findings
    expect(references).toEqual([
      {
        consumer: { kind: 'repository', id: 'a.yml', name: undefined, state: 'unknown', action: 'none' },
        scope: 'storage',
        key: 'blob',
        path: '',
        line: 1,
      },
    ])
    expect(missing).toMatchObject([{ scope: 'storage', key: 'blobb', nearest: 'blob', line: 1 }])
  })

  test('skips .git, node_modules and binary files', async () => {
    for (const name of ['.git/config', 'node_modules/a/index.js', 'app/node_modules/a.py'])
      write(name, REFERENCE)
    write('image.bin', Buffer.concat([Buffer.from([0, 1]), Buffer.from(REFERENCE)]))
    write('.github/workflows/a.yml', REFERENCE)
    expect(await search()).toMatchObject({
      status: { status: 'searched', items: 1, notSearched: 0 },
      found: ['.github/workflows/a.yml:1 blob'],
    })
  })

  // A link in a pull request must not show what is elsewhere on the runner.
  test('follows no link, neither to a file nor to a folder', async () => {
    const outside = mkdtempSync(path.join(tmpdir(), 'outside-'))
    writeFileSync(path.join(outside, 'a.py'), REFERENCE)
    symlinkSync(path.join(outside, 'a.py'), path.join(folder, 'file.py'))
    symlinkSync(outside, path.join(folder, 'sub'))
    symlinkSync('.', path.join(folder, 'loop'))
    expect(await search()).toMatchObject({ status: { items: 0, notSearched: 0 }, found: [] })
    // The folder of the checkout itself may be a link.
    symlinkSync(outside, path.join(folder, 'checkout'))
    expect((await search({}, path.join(folder, 'checkout'))).found).toEqual(['a.py:1 blob'])
    rmSync(outside, { recursive: true })
  })

  test('counts a file that is too large, and searches the others', async () => {
    write('a.py', REFERENCE + ' '.repeat(200))
    write('b.py', REFERENCE)
    expect(await search({ maxFileBytes: 100 })).toMatchObject({
      status: { items: 1, notSearched: 1, truncated: false },
      found: ['b.py:1 blob'],
    })
  })

  test.each<[string, Partial<RepositoryLimits>, string[]]>([
    ['files', { maxFiles: 1 }, ['a.py:1 blob']],
    ['bytes', { maxBytes: 10 }, ['a.py:1 blob']],
    ['folders in each other', { maxDepth: 1 }, ['a.py:1 blob', 'b/c.py:1 blob']],
  ])('ends at the bound on %s, and says so', async (_, limits, found) => {
    for (const name of ['a.py', 'b/c.py', 'b/d/e.py']) write(name, REFERENCE)
    const result = await search(limits)
    expect(result.status).toMatchObject({ status: 'searched', truncated: true })
    expect(result.found).toEqual(found)
  })

  test.each([
    ['no folder', undefined],
    ['an empty path', ''],
  ])('reports that there is no checkout with %s', async (_, at) => {
    const scopes = new ScopeIndex([], () => true)
    const { signal } = new AbortController()
    expect(await searchRepository(at, scopes, new Findings(scopes, []), signal)).toEqual({
      status: 'not-available',
    })
  })

  test('reports that there is no checkout if the folder does not exist', async () => {
    expect((await search({}, path.join(folder, 'missing'))).status).toEqual({ status: 'not-available' })
  })

  test('ends when the run is cancelled', async () => {
    write('a.py', REFERENCE)
    const scopes = new ScopeIndex([], () => true)
    const status = await searchRepository(folder, scopes, new Findings(scopes, []), AbortSignal.abort())
    expect(status).toMatchObject({ status: 'failed', transient: true })
  })

  test('shows no control character of a file name', async () => {
    write('a\n::warning::b.py', REFERENCE)
    expect((await search()).found).toEqual(['a?::warning::b.py:1 blob'])
  })

  test('finds the line in a file with Windows line ends, and in a second hard link too', async () => {
    write('a.py', '\r\n\r\ndbutils.secrets.get(\r\n  "storage",\r\n  "blob")\r\n')
    linkSync(path.join(folder, 'a.py'), path.join(folder, 'b.py'))
    expect((await search()).found).toEqual(['a.py:3 blob', 'b.py:3 blob'])
  })

  test('searches a notebook that is no JSON as text, and one with other escapes all the same', async () => {
    write('a.ipynb', "{\"cells\": [ dbutils.secrets.get('storage', 'blob')")
    write(
      'b.ipynb',
      '{"cells": [{"source": ["\\u00e4 = dbutils.secrets.get(\'storage\', \'blob\')"]}, null, {"source": 7}]}',
    )
    write('c.ipynb', '{"cells": "none"}')
    expect((await search()).found).toEqual(['a.ipynb:1 blob', 'b.ipynb:1 blob'])
  })
})

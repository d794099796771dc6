import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'

import { readMapFile } from '../../src/secrets/map-file.js'

const onPosix = process.platform === 'win32' ? test.skip : test
let outside: string
let workspace: string

beforeAll(() => {
  outside = realpathSync(mkdtempSync(path.join(tmpdir(), 'map-file-')))
  workspace = path.join(outside, 'workspace')
  mkdirSync(workspace)
})

afterAll(() => {
  rmSync(outside, { recursive: true })
})

function read(name: string, content?: string | Buffer): { map: [string, string][]; errors: string[] } {
  if (content !== undefined) writeFileSync(path.resolve(workspace, name), content)
  const { members, errors } = readMapFile(name, 'secrets-file', workspace)
  for (const { input } of errors) expect(input).toBe('secrets-file')
  return {
    map: members.map(({ name, value }) => [name, value?.reveal().toString() ?? '']),
    errors: errors.map(({ message }) => message),
  }
}

describe('secrets-file', () => {
  const JSON_MAP = '{"A":"fake#\\n"}'
  const DOTENV = "A='fake#'"

  // Otherwise one character of a secret could change the format of the file.
  test.each([
    ['map.json', JSON_MAP, 'fake#\n'],
    ['map.JSON', JSON_MAP, 'fake#\n'],
    ['.env.json', JSON_MAP, 'fake#\n'],
    ['.env', DOTENV, 'fake#'],
    ['prod.env', DOTENV, 'fake#'],
    ['.env.prod', DOTENV, 'fake#'],
  ])('is read by its ending: %s', (name, content, value) => {
    expect(read(name, content)).toEqual({ map: [['A', value]], errors: [] })
    expect(read(path.join(workspace, name))).toEqual({ map: [['A', value]], errors: [] })
  })

  test.each(['map.yaml', 'map', 'env', 'map.env.prod', 'map.json.enc', '.envrc'])(
    'is not read as %s',
    (name) => {
      expect(read(name, JSON_MAP).errors).toEqual([
        expect.stringContaining('Name a JSON object of strings *.json'),
      ])
    },
  )

  // Otherwise the byte order mark of Windows becomes a part of the first name.
  test('may begin with a byte order mark', () => {
    expect(read('map.json', `\ufeff${JSON_MAP}`).errors).toEqual([])
    expect(read('.env', `\ufeff${DOTENV}`).map).toEqual([['A', 'fake#']])
    expect(read('.env', 'A=\ufefffake').errors).toHaveLength(1)
  })

  // Otherwise U+FFFD replaces bytes of a password without an error.
  test('must be UTF-8', () => {
    for (const name of ['map.json', '.env']) {
      expect(read(name, Buffer.from('{"A":"fak\u00e9"}', 'latin1')).errors).toEqual([
        expect.stringContaining('not UTF-8'),
      ])
      expect(read(name, Buffer.from('\ufeff{"A":"fake"}', 'utf16le')).errors).toEqual([
        expect.stringContaining('not UTF-8'),
      ])
    }
    expect(read('.env', 'A=\ufffd🔑').map).toEqual([['A', '\ufffd🔑']])
  })

  test('returns the values of a file that is not UTF-8, so that they are masked', () => {
    for (const [name, content] of [
      ['map.json', Buffer.from('\ufeff{"A":"fake-value"}', 'utf16le')],
      ['map.json', Buffer.from('\ufeff{"A":"fake-value"}', 'utf16le').swap16()],
      ['map.json', Buffer.from('{"A":"fake-value","B":"fak\u00e9"', 'latin1')],
      ['.env', Buffer.from('A=fake-value\nB=fak\u00e9', 'latin1')],
    ] as const) {
      writeFileSync(path.resolve(workspace, name), content)
      const { members, onlyMasked } = readMapFile(name, 'secrets-file', workspace)
      expect(members).toEqual([])
      expect(onlyMasked.map((value) => value.reveal())).toContain('fake-value')
    }
  })

  test('must be a JSON object of strings', () => {
    for (const content of ['["a"]', '"a"', '{"A":"b"', 'A=b', '{"A":"b"}{"A":"b"}']) {
      expect(read('map.json', content).errors).toEqual([
        expect.stringContaining('does not contain a JSON object'),
      ])
    }
  })

  // A larger file would fill the log with masks, and an endless file the memory.
  test('has at most 8 MiB', () => {
    const map = (bytes: number): string => `{"A":"${'x'.repeat(bytes - 8)}"}`
    expect(read('map.json', map(8 * 1024 * 1024)).errors).toEqual([])
    expect(read('map.json', map(8 * 1024 * 1024 + 1)).errors).toEqual([
      expect.stringContaining('larger than 8,388,608 bytes'),
    ])
  })

  // The rules of secret-files: a path from a pull request must not reach other files of the runner.
  onPosix('is a regular file, inside the workspace unless the path is absolute', () => {
    writeFileSync(path.join(outside, 'out.env'), DOTENV)
    symlinkSync('../out.env', path.join(workspace, 'link.env'))
    symlinkSync('/proc/self/environ', path.join(outside, 'proc.env'))
    execFileSync('mkfifo', [path.join(workspace, 'fifo.env')])
    mkdirSync(path.join(workspace, 'folder.env'))
    expect(read(path.join(outside, 'out.env')).errors).toEqual([])
    for (const [name, reason] of [
      ['../out.env', 'out of the workspace folder'],
      ['link.env', 'out of the workspace folder'],
      [path.join(outside, 'proc.env'), '/proc, /sys or /dev'],
      ['fifo.env', 'regular file'],
      ['folder.env', 'regular file'],
      ['none.env', 'does not exist'],
    ] as const) {
      expect(read(name).errors).toEqual([expect.stringContaining(reason)])
    }
    expect(read('empty.env', '').errors).toEqual([expect.stringContaining('the file is empty')])
  })

  test.each(['keystore=keystore.p12', 'keystore=keystore.json'])('%s is meant for secret-files', (line) => {
    expect(read(line).errors).toEqual([expect.stringContaining('Did you mean secret-files?')])
  })

  test.each(['keystore.p12', 'none.json', '/no/such=folder/none.json'])('%s is not', (name) => {
    expect(read(name).errors).toEqual([expect.not.stringContaining('secret-files?')])
  })
})

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { afterEach, beforeEach, expect, test } from '@jest/globals'

import { readConfigFile } from '../../../src/inputs/config/config-file.js'
import { readConfigText } from '../../../src/inputs/config/config-text.js'

let folder = ''

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'config-'))
})

afterEach(() => {
  rmSync(folder, { recursive: true })
})

/** The text of a file with these bytes, or the message about it, also that of the reader. */
function read(bytes: string | Uint8Array): string {
  writeFileSync(path.join(folder, 'a.yml'), bytes)
  const read = readConfigText('a.yml', folder)
  if (read.problem !== undefined) return read.problem.message
  return readConfigFile(read.text, new Map(), () => '')
    .errors.map(({ message }) => message)
    .join()
}

test('an empty file says what is expected', () => {
  expect(read('')).toContain('scopes or schemas are expected')
})

test('a file with targets has no error, with a byte order mark too', () => {
  expect(read('\ufeffversion: 1\nscopes: { a: { secrets: { k: N } } }\n')).toBe('')
})

test('a file that is not UTF-8 says so', () => {
  expect(read(Buffer.from('# caf\u00e9', 'latin1'))).toContain('not UTF-8')
})

test('a file that is too large says so, also if it is cut in the middle of a character', () => {
  expect(read('##' + 'é'.repeat(600_000))).toContain('larger than 1,048,576 bytes')
})

test('the path must exist and stay in the workspace folder', () => {
  expect(readConfigText('none.yml', folder)).toMatchObject({
    problem: { message: expect.stringContaining('does not exist') },
  })
  expect(readConfigText('..', folder)).toMatchObject({
    problem: { message: expect.stringContaining('out of the workspace folder') },
  })
})

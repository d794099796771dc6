import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'

import { readFiles } from '../../src/secrets/files.js'

const onPosix = process.platform === 'win32' ? test.skip : test
let outside: string
let workspace: string

beforeAll(() => {
  outside = realpathSync(mkdtempSync(path.join(tmpdir(), 'secret-files-')))
  workspace = path.join(outside, 'workspace')
  mkdirSync(path.join(workspace, 'folder'), { recursive: true })
  writeFileSync(path.join(outside, 'secret'), 'fake-outside')
  writeFileSync(path.join(workspace, 'secret'), Buffer.from([0, 255, 13, 10, 32]))
  writeFileSync(path.join(workspace, '..dots'), 'fake-dots')
  writeFileSync(path.join(workspace, 'large'), Buffer.alloc(300_000, 1))
})

afterAll(() => {
  rmSync(outside, { recursive: true })
})

/** The one fault of a line. */
function faultOf(line: string, folder = workspace): string {
  const { entries, errors } = readFiles(line, 'secret-files', folder)
  expect(entries).toEqual([])
  expect(errors).toHaveLength(1)
  expect(errors[0]).toMatchObject({ input: 'secret-files', line: 1 })
  return errors[0]?.message ?? ''
}

function bytesOf(line: string): Buffer {
  const { entries, errors } = readFiles(line, 'secret-files', workspace)
  expect(errors).toEqual([])
  return Buffer.from(entries[0]?.value.reveal() ?? '')
}

describe('secret-files', () => {
  // A keystore that was decoded as text on its way does not open.
  test('gives the bytes as they are', () => {
    expect(bytesOf('k=secret')).toEqual(Buffer.from([0, 255, 13, 10, 32]))
    expect(bytesOf('k=folder/../secret')).toEqual(Buffer.from([0, 255, 13, 10, 32]))
    expect(bytesOf(`k=${path.join(outside, 'secret')}`).toString()).toBe('fake-outside')
    expect(bytesOf('k=..dots').toString()).toBe('fake-dots')
    expect(bytesOf('k= secret ')).toHaveLength(5)
  })

  // Enough to see that it is too large: a file of gigabytes must not fill the runner's memory.
  test('reads no more than the limit and one byte', () => {
    expect(bytesOf('k=large')).toHaveLength(131_073)
  })

  // A path that a pull request controls must not reach what else is on a self-hosted runner.
  onPosix('keeps a relative path inside the workspace, links resolved', () => {
    symlinkSync('../secret', path.join(workspace, 'link-out'))
    symlinkSync('..', path.join(workspace, 'folder-out'))
    symlinkSync('secret', path.join(workspace, 'link-in'))
    for (const line of ['k=../secret', 'k=link-out', 'k=folder-out/secret', 'k=folder/../../secret']) {
      expect(faultOf(line)).toContain('out of the workspace folder')
    }
    expect(bytesOf('k=link-in')).toHaveLength(5)
  })

  // The environment of this very process holds every input, the token among them.
  onPosix('refuses what the system shows as files', () => {
    for (const file of [
      '/proc/self/environ',
      '/proc/self/../self/environ',
      '/sys/kernel/uevent_seqnum',
      '/dev/null',
    ]) {
      expect(faultOf(`k=${file}`)).toContain('/proc, /sys or /dev')
    }
    // By way of a link that stands outside of the workspace, where an absolute path may lead.
    symlinkSync('/dev/null', path.join(outside, 'null'))
    expect(faultOf(`k=${path.join(outside, 'null')}`)).toContain('/proc, /sys or /dev')
  })

  test('refuses a folder', () => {
    expect(faultOf('k=folder')).toContain('regular file')
    expect(faultOf('k=.')).toContain('regular file')
    expect(faultOf('k=')).toContain('no path')
  })

  // A checkout folder that is a link itself is usual on self-hosted runners.
  onPosix('starts in a workspace folder that is a link', () => {
    const link = path.join(outside, 'link-to-workspace')
    symlinkSync('workspace', link)
    expect(readFiles('k=secret', 'secret-files', link).entries).toHaveLength(1)
  })

  // It is not the secret that is not visible to the job: the user would look in the wrong place.
  test('tells an empty file', () => {
    writeFileSync(path.join(workspace, 'empty'), '')
    expect(faultOf('k=empty')).toContain('the file is empty')
  })

  test('tells a file that is not there, and a broken line', () => {
    expect(faultOf('k=missing')).toContain('does not exist')
    expect(faultOf('k=secret/below')).toContain('does not exist')
    expect(faultOf('k=a\u0000b')).toContain('cannot be read')
    expect(faultOf(`k=${'long'.repeat(5_000)}`)).toContain('cannot be read')
    expect(faultOf('just-a-path')).toContain('key=path')
    expect(faultOf('k:=path')).toContain('key=path')
    expect(faultOf('k=secret', path.join(outside, 'no-workspace'))).toContain('does not exist')
  })

  // Who puts the value where its path belongs must not find it in the log.
  test('never quotes the path', () => {
    for (const line of ['k=fake-value', 'k=../fake-value', 'fake-value', 'k=fake\u0000value']) {
      expect(faultOf(line)).not.toContain('fake')
    }
  })
})

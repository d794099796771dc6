import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'

import { readSecretFiles } from '../../src/secrets/secret-files.js'
import { SCOPE_LIMITS } from '../../src/stores/scope.js'

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

/** The error of a line. */
function errorOf(line: string, folder = workspace): string {
  const { entries, errors } = readSecretFiles(line, 'secret-files', folder, SCOPE_LIMITS.maxValueBytes)
  expect(entries).toEqual([])
  expect(errors).toHaveLength(1)
  expect(errors[0]).toMatchObject({ input: 'secret-files', line: 1 })
  return errors[0]?.message ?? ''
}

function bytesOf(line: string): Buffer {
  const { entries, errors } = readSecretFiles(line, 'secret-files', workspace, SCOPE_LIMITS.maxValueBytes)
  expect(errors).toEqual([])
  return Buffer.from(entries[0]?.value.reveal() ?? '')
}

describe('secret-files', () => {
  // A keystore that was decoded as text does not open.
  test('reads the bytes unchanged', () => {
    expect(bytesOf('k=secret')).toEqual(Buffer.from([0, 255, 13, 10, 32]))
    expect(bytesOf('k=folder/../secret')).toEqual(Buffer.from([0, 255, 13, 10, 32]))
    expect(bytesOf(`k=${path.join(outside, 'secret')}`).toString()).toBe('fake-outside')
    expect(bytesOf('k=..dots').toString()).toBe('fake-dots')
    expect(bytesOf('k= secret ')).toHaveLength(5)
  })

  // This is enough to see that a file is too large. A file of gigabytes must not fill the memory of the runner.
  test('reads no more than the limit and one byte', () => {
    expect(bytesOf('k=large')).toHaveLength(131_073)
  })

  // A path from a pull request must not reach other files of a self-hosted runner.
  onPosix('keeps a relative path inside the workspace, links resolved', () => {
    symlinkSync('../secret', path.join(workspace, 'link-out'))
    symlinkSync('..', path.join(workspace, 'folder-out'))
    symlinkSync('secret', path.join(workspace, 'link-in'))
    for (const line of ['k=../secret', 'k=link-out', 'k=folder-out/secret', 'k=folder/../../secret']) {
      expect(errorOf(line)).toContain('out of the workspace folder')
    }
    expect(bytesOf('k=link-in')).toHaveLength(5)
  })

  // The environment of this process contains all inputs and the token.
  onPosix('refuses what the system shows as files', () => {
    for (const file of [
      '/proc/self/environ',
      '/proc/self/../self/environ',
      '/sys/kernel/uevent_seqnum',
      '/dev/null',
    ]) {
      expect(errorOf(`k=${file}`)).toContain('/proc, /sys or /dev')
    }
    // Through a link outside of the workspace, which an absolute path may use.
    symlinkSync('/dev/null', path.join(outside, 'null'))
    expect(errorOf(`k=${path.join(outside, 'null')}`)).toContain('/proc, /sys or /dev')
  })

  test('refuses a folder', () => {
    expect(errorOf('k=folder')).toContain('regular file')
    expect(errorOf('k=.')).toContain('regular file')
    expect(errorOf('k=')).toContain('no path')
  })

  // On self-hosted runners, the checkout folder is often a link.
  onPosix('starts in a workspace folder that is a link', () => {
    const link = path.join(outside, 'link-to-workspace')
    symlinkSync('workspace', link)
    expect(
      readSecretFiles('k=secret', 'secret-files', link, SCOPE_LIMITS.maxValueBytes).entries,
    ).toHaveLength(1)
  })

  // Otherwise the user would check whether a secret is visible to the job.
  test('reports an empty file', () => {
    writeFileSync(path.join(workspace, 'empty'), '')
    expect(errorOf('k=empty')).toContain('the file is empty')
    expect(errorOf('k=empty')).toContain('a secret that is empty or misspelled gives an empty file')
  })

  // If this fails, the user looks for the step that creates the file.
  test.each([
    '~/k.p12',
    '$RUNNER_TEMP/k.p12',
    '${RUNNER_TEMP}/k.p12',
    '$env:RUNNER_TEMP/k.p12',
    '%TEMP%/k.p12',
  ])('says that %s is not expanded', (name) => {
    expect(errorOf(`k=${name}`)).toMatch(/does not exist: .* is not expanded here\. .*runner\.temp/)
    expect(errorOf(`k=${name}`)).not.toContain('k.p12')
  })

  test('reports a missing file and an invalid line', () => {
    expect(errorOf('k=missing')).toContain('does not exist. Check the path')
    expect(errorOf('k=a~b$/c')).toContain('does not exist. Check the path')
    expect(errorOf('k=secret/below')).toContain('does not exist')
    expect(errorOf('k=a\u0000b')).toContain('cannot be read')
    expect(errorOf(`k=${'long'.repeat(5_000)}`)).toContain('cannot be read')
    expect(errorOf('just-a-path')).toContain('key=path')
    expect(errorOf('k:=path')).toContain('key=path')
    expect(errorOf('k=secret', path.join(outside, 'no-workspace'))).toContain('does not exist')
  })

  // A value in place of its path must not show in the log.
  test('never quotes the path', () => {
    for (const line of ['k=fake-value', 'k=../fake-value', 'fake-value', 'k=fake\u0000value']) {
      expect(errorOf(line)).not.toContain('fake')
    }
  })
})

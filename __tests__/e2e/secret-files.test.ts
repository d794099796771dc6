import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'

import { expectRefused } from './refused-step.js'
import { everythingSaid, syncTo } from './sync-step.js'
import { workspace } from './workspace-of-file.js'

describe('secret-files', () => {
  let outside: string
  let folder: string

  beforeAll(() => {
    outside = realpathSync(mkdtempSync(path.join(tmpdir(), 'inputs-')))
    folder = path.join(outside, 'workspace')
    mkdirSync(path.join(folder, 'a-folder'), { recursive: true })
    writeFileSync(path.join(outside, 'outside'), 'fake-outside')
    if (process.platform === 'win32') return
    symlinkSync('../outside', path.join(folder, 'a-link'))
    execFileSync('mkfifo', [path.join(folder, 'a-fifo')])
  })

  afterAll(() => {
    rmSync(outside, { recursive: true })
  })

  const onPosix = process.platform === 'win32' ? test.skip : test

  onPosix.each([
    ['../outside', 'the path leads out of the workspace folder'],
    ['a-link', 'the path leads out of the workspace folder'],
    ['/proc/self/environ', 'the path leads to /proc, /sys or /dev'],
    ['a-folder', 'the path leads to a folder or a special file'],
    ['a-fifo', 'the path leads to a folder or a special file'],
    ['not-there', 'the file does not exist'],
  ])('refuses %s with a reason', async (file, reason) => {
    const step = await syncTo(workspace, { secrets: '', 'secret-files': `k=${file}` }, { workspace: folder })
    expectRefused(workspace, step, `secret-files, line 1: ${reason}`)
    expect(everythingSaid(step)).not.toContain(file)
  })
})

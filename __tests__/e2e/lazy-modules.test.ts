import { copyFile, readFile } from 'node:fs/promises'
import path from 'node:path'

import { describe, expect, test } from '@jest/globals'

import type { Step } from '../runner/step.js'
import { folder } from './folder-of-test.js'
import { ahead, syncTo } from './sync-step.js'
import { workspace } from './workspace-of-test.js'

/** A step in whose dist only index.js exists. */
async function withoutChunks(): Promise<Step> {
  for (const file of ['index.js', 'package.json']) await copyFile(`dist/${file}`, path.join(folder, file))
  return { main: path.join(folder, 'index.js') }
}

/** The text that the code before the action wrote to the file WITNESS_FILE. */
async function witnessOf(code: Step): Promise<string> {
  const file = path.join(folder, 'seen')
  const { exitCode } = await syncTo(workspace, {}, { ...code, runnerVariables: { WITNESS_FILE: file } })
  expect(exitCode).toBe(0)
  return await readFile(file, 'utf8')
}

// Every run waits for the modules that are loaded at its start.
describe('a plain run', () => {
  test.each(['blob=fake-value', '{ "blob": "fake-value" }'])(
    'loads only index.js of dist: %s',
    async (secrets) => {
      const { exitCode } = await syncTo(workspace, { secrets }, await withoutChunks())
      expect(exitCode).toBe(0)
      expect(workspace.store.scope('storage').secret('blob')?.value.toString()).toBe('fake-value')
    },
  )

  test('loads no module of Node that only an unused package imports', async () => {
    const list = ahead(`
      import { writeFileSync } from 'node:fs'
      process.on('exit', () => writeFileSync(process.env.WITNESS_FILE, process.moduleLoadList.join('\\n')))`)
    const loaded = (await witnessOf(list)).split('\n')
    expect(loaded).toContain('NativeModule https')
    // Of undici the first two, of @actions/exec the third, of tunnel the fourth, and of `performance` the last.
    for (const name of ['http2', 'worker_threads', 'child_process', 'assert', 'perf_hooks']) {
      expect(loaded).not.toContain(`NativeModule ${name}`)
    }
  })
})

// A run that cannot write its report must not succeed.
test('a run whose file of dist for the comment is missing fails, and says so', async () => {
  const inputs = { 'pr-comment': 'true', 'github-token': 'fake-github-token' }
  const step = await syncTo(workspace, inputs, await withoutChunks())
  expect(step.exitCode).toBe(1)
  expect(step.log).toMatch(/Error: An unexpected error \(Error\) stopped the action/)
  expect(workspace.store.scope('storage').secret('blob')?.value.toString()).toBe('fake-value')
})

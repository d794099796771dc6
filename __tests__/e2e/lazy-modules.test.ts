import { copyFile, readdir, readFile } from 'node:fs/promises'
import path from 'node:path'

import { describe, expect, test } from '@jest/globals'

import type { Step } from '../runner/step.js'
import { folder } from './folder-of-test.js'
import { ahead, everythingSaid, syncTo } from './sync-step.js'
import { workspace } from './workspace-of-test.js'

/** A step in whose dist only index.js and these chunks exist. */
async function withChunks(...chunks: readonly string[]): Promise<Step> {
  for (const file of ['index.js', 'package.json', ...chunks]) {
    await copyFile(`dist/${file}`, path.join(folder, file))
  }
  return { main: path.join(folder, 'index.js') }
}

/** The chunk of dist with the report of a run. */
async function reportChunk(): Promise<string> {
  const chunks = (await readdir('dist')).filter((file) => file.endsWith('.index.js'))
  const texts = await Promise.all(chunks.map(async (file) => await readFile(`dist/${file}`, 'utf8')))
  const [found, ...others] = chunks.filter((_, index) =>
    texts[index]?.includes('Stopped before the first request'),
  )
  if (found === undefined || others.length > 0) throw new Error('no chunk, or several, with the report')
  return found
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
    'loads only index.js of dist before its requests, and the report afterwards: %s',
    async (secrets) => {
      const { exitCode, log } = await syncTo(workspace, { secrets }, await withChunks(await reportChunk()))
      expect([exitCode, log]).toEqual([0, expect.stringContaining('1 created')])
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
describe('a run fails and says so, if its file of dist is missing', () => {
  test('for the report', async () => {
    const step = await syncTo(workspace, {}, await withChunks())
    expect(step.exitCode).toBe(1)
    expect(step.log).toMatch(/Error: An unexpected error \(Error\) stopped the action/)
    expect(everythingSaid(step)).not.toContain('fake-value')
    expect(workspace.store.scope('storage').secret('blob')?.value.toString()).toBe('fake-value')
  })

  test('for the report of input errors', async () => {
    const step = await syncTo(workspace, { scope: '' }, await withChunks())
    expect(step.exitCode).toBe(1)
    expect(step.log).toMatch(/Error: An unexpected error \(Error\) stopped the action/)
    expect(everythingSaid(step)).not.toContain('fake-value')
    expect(workspace.requests.all).toEqual([])
  })

  test('for the comment', async () => {
    const inputs = { 'pr-comment': 'true', 'github-token': 'fake-github-token' }
    const step = await syncTo(workspace, inputs, await withChunks(await reportChunk()))
    expect(step.exitCode).toBe(1)
    expect(step.log).toMatch(/Error: An unexpected error \(Error\) stopped the action/)
    expect(workspace.store.scope('storage').secret('blob')?.value.toString()).toBe('fake-value')
  })
})

import { readFile, readdir, realpath, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

import { describe, expect, test } from '@jest/globals'

import { findNode24 } from '../runner/node.js'
import type { Step } from '../runner/step.js'
import { folder } from './folder-of-test.js'
import { ahead, syncTo } from './sync-step.js'
import { workspace } from './workspace-of-test.js'

// Users must know where their secrets can go. A dependency that sends data elsewhere would fail this test.
describe('the process reaches', () => {
  const witness = pathToFileURL(path.resolve(import.meta.dirname, 'witness.mjs')).href

  async function reachedBy(step: Step, inputs: Record<string, string> = {}): Promise<string[]> {
    const file = path.join(folder, 'seen')
    await syncTo(workspace, inputs, {
      ...step,
      nodeOptions: ['--import', witness, ...(step.nodeOptions ?? [])],
      runnerVariables: { WITNESS_FILE: file },
    })
    return [...new Set((await readFile(file, 'utf8')).split('\n'))]
  }

  test('the workspace and nothing else', async () => {
    const port = new URL(workspace.url).port
    expect(await reachedBy({})).toEqual([`TCPCONNECTWRAP 127.0.0.1 ${port}`])
    expect(await reachedBy({ debug: true }, { secrets: 'a=fake-1\nb=fake-2' })).toHaveLength(1)
  })

  test('nothing if the inputs are wrong', async () => {
    expect(await reachedBy({}, { secrets: 'a' })).toEqual([''])
  })

  // If the test did not see connections, it would always pass.
  test('no target that this test does not see', async () => {
    const strange = ahead(`
      import { spawnSync, spawn } from 'node:child_process'
      import { connect } from 'node:net'
      import { lookup } from 'node:dns'
      spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' })
      connect(9, '127.0.0.1').on('error', () => undefined)
      lookup('localhost', () => undefined)
    `)
    expect(await reachedBy(strange)).toEqual(
      expect.arrayContaining(['PROCESSWRAP', 'TCPCONNECTWRAP 127.0.0.1 9', 'GETADDRINFOREQWRAP localhost']),
    )
  })
})

// A value on the disk of a self-hosted runner outlives the job.
describe('the process writes', () => {
  /** Node's permission model: the process can write only to the folder of the runner, and cannot start other processes. */
  async function confined(): Promise<Step> {
    const { version } = await findNode24()
    const flags = version.startsWith('v20')
      ? ['--experimental-permission', '--disable-warning=ExperimentalWarning']
      : ['--permission']
    return {
      workspace: folder,
      nodeOptions: [
        ...flags,
        '--allow-fs-read=*',
        `--allow-fs-write=${path.join(await realpath(tmpdir()), 'runner-')}*`,
      ],
    }
  }

  test('only to the files of the runner', async () => {
    await writeFile(path.join(folder, 'key.bin'), 'fake-file')
    const step = await syncTo(workspace, { 'secret-files': 'file=key.bin' }, await confined())
    expect(step.exitCode).toBe(0)
    expect(step.summary).toContain('file')
    expect(step.outputs['created']).toBe('["blob","file"]')
    expect(await readdir(folder)).toEqual(['key.bin'])
  })

  test.each([
    ['a file elsewhere', "import { writeFileSync } from 'node:fs'; writeFileSync('elsewhere', '')"],
    ['a child process', "import { spawnSync } from 'node:child_process'; spawnSync('true')"],
  ])('nothing that this test would not stop: %s', async (_, code) => {
    const step = await confined()
    const result = await syncTo(
      workspace,
      {},
      {
        ...step,
        nodeOptions: [...(step.nodeOptions ?? []), ...(ahead(code).nodeOptions ?? [])],
        allowStderr: true,
      },
    )
    expect(result.exitCode).not.toBe(0)
    expect(result.stderr).toContain('ERR_ACCESS_DENIED')
    expect(workspace.requests.all).toEqual([])
  })
})

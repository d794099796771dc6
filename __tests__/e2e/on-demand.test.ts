import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

import { TlsFront } from '../../emulator/tls-front.js'
import { EmulatedWorkspace } from '../../emulator/workspace.js'
import type { Step } from '../runner/step.js'
import { ahead, syncTo } from './sync-step.js'

const HOST = 'https://workspace.test'

let workspace: EmulatedWorkspace
let front: TlsFront
let folder: string

beforeEach(async () => {
  workspace = await EmulatedWorkspace.start()
  front = await TlsFront.start({ 'workspace.test': workspace.url })
  folder = await mkdtemp(path.join(tmpdir(), 'on-demand-'))
})

afterEach(async () => {
  await Promise.all([front.close(), workspace.close()])
  await rm(folder, { recursive: true })
})

/** A step that finds no chunk beside index.js. */
async function withoutChunks(): Promise<Step> {
  for (const file of ['index.js', 'package.json']) await copyFile(`dist/${file}`, path.join(folder, file))
  return { main: path.join(folder, 'index.js') }
}

/** What the code that ran ahead of the action wrote to the file WITNESS_FILE. */
async function witnessOf(code: Step, step: Step = {}, url = workspace.url): Promise<string> {
  const file = path.join(folder, 'seen')
  const runnerVariables = { ...front.variables, no_proxy: '127.0.0.1', WITNESS_FILE: file }
  const { exitCode } = await syncTo({ url }, {}, { ...code, ...step, runnerVariables })
  expect(exitCode).toBe(0)
  return await readFile(file, 'utf8')
}

// Every run of every user waits for what is loaded at its start.
describe('a plain run', () => {
  test.each(['blob=fake-value', '{ "blob": "fake-value" }'])(
    'needs no more of dist than index.js: %s',
    async (secrets) => {
      const { exitCode } = await syncTo(workspace, { secrets }, await withoutChunks())
      expect(exitCode).toBe(0)
      expect(workspace.store.scope('storage').secret('blob')?.value.toString()).toBe('fake-value')
    },
  )

  test('loads nothing of Node that only a package which it does not use asks for', async () => {
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

// Nothing in the action asks for a dispatcher. The packages that do would find one that leads nowhere.
describe('the dispatcher of @actions/http-client', () => {
  /**
   * Takes hold of the client that the action makes where there is a proxy, and sends a request of its own by the dispatcher
   * that it gives.
   */
  const asking = ahead(`
    import { writeFileSync } from 'node:fs'
    const { exit } = process
    let asked
    Object.defineProperty(Object.prototype, '_disposed', {
      configurable: true,
      set(value) {
        delete Object.prototype._disposed
        this._disposed = value
        asked = Promise.resolve(this).then(ask).catch((error) => error.cause?.code ?? error.stack)
      },
    })
    process.exit = () => asked.then((seen) => {
      writeFileSync(process.env.WITNESS_FILE, String(seen))
      exit()
    })
    async function ask(client) {
      const url = '${HOST}/api/2.0/secrets/scopes/list'
      const dispatcher = client.getAgentDispatcher(url)
      const answer = await fetch(url, { dispatcher, headers: { authorization: 'Bearer fake-token-of-ada' } })
      return answer.status + ' by ' + dispatcher.constructor.name
    }`)

  test('sends requests through the proxy, by code that is loaded then', async () => {
    expect(await witnessOf(asking, {}, HOST)).toBe('200 by ProxyAgent')
    // One for each request of the run, and one more.
    expect(front.connects).toHaveLength(workspace.requests.all.length)
  })

  test('has that code from a chunk', async () => {
    expect(await witnessOf(asking, await withoutChunks(), HOST)).toBe('ERR_MODULE_NOT_FOUND')
  })
})

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { run } from '../../scripts/process.js'
import { Workplace } from '../../scripts/workplace.js'
import { RUN_TYPESCRIPT } from '../runner/run-typescript.js'

let folder: string
let pidFile: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'workplace-'))
  pidFile = path.join(folder, 'pid')
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

/** A shell that starts a process of its own, as OpenTofu does, writes down its id, and waits for it. */
function nested(): string[] {
  return ['-c', `sleep 60 & echo $! > '${pidFile}.part' && mv '${pidFile}.part' '${pidFile}'; wait`]
}

/** The id that the shell has written down. */
async function nestedPid(): Promise<number> {
  while (!existsSync(pidFile)) await delay(20)
  return Number(readFileSync(pidFile, 'utf8'))
}

/** Waits until a process is gone; it may have to be reaped by somebody else than us. */
async function isGone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0)
    } catch {
      return
    }
    // One that nobody reaps has ended as well.
    const state = existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, 'utf8') : ''
    if (/\) Z /.test(state)) return
    await delay(20)
  }
}

const env = { PATH: process.env['PATH'] }

// Lost otherwise: a Terraform provider that goes on calling the workspace, and a state with values in clear.
test('what is closed leaves no process, none of those that it has started, and no folder', async () => {
  const workplace = new Workplace('test')
  const own = workplace.folder()
  const running = expect(workplace.run('sh', nested(), { env, cwd: own })).rejects.toThrow(
    'sh was broken off.',
  )
  const pid = await nestedPid()
  await workplace.close()
  await running
  await isGone(pid)
  expect(existsSync(own)).toBe(false)
  await expect(workplace.run('sh', [], { env })).rejects.toThrow('not started any more')
  expect(() => workplace.folder()).toThrow('closed')
})

test('what takes too long is ended with all that it has started', async () => {
  await expect(run('sh', nested(), { env, timeoutMs: 1_000 })).rejects.toThrow('did not end within 1000 ms')
  await isGone(await nestedPid())
})

// Lost otherwise: the same, on a person's Ctrl-C and when we ourselves crash.
test.each([
  ['SIGTERM', 'exitOnSignals()', 143],
  ['a crash', "setTimeout(() => { throw new Error('fake') }, 1_000)", 1],
] as const)('%s leaves neither a process nor a folder', async (name, line, code) => {
  const scripts = new URL('../../scripts/', import.meta.url).href
  const program = `
    import { exitOnSignals } from '${scripts}process.ts'
    import { Workplace } from '${scripts}workplace.ts'
    ${line}
    const workplace = new Workplace('test')
    const folder = workplace.folder()
    process.stdout.write(folder)
    await workplace.run('sh', ${JSON.stringify(nested())}, { env: process.env, cwd: folder })
    exitOnSignals()
  `
  const child = spawn(process.execPath, [...RUN_TYPESCRIPT, '--input-type=module', '--eval', program])
  let printed = ''
  child.stdout.on('data', (text: Buffer) => (printed += text.toString()))
  const closed = once(child, 'close')
  const pid = await nestedPid()
  if (name === 'SIGTERM') child.kill(name)
  expect(await closed).toEqual([code, null])
  await isGone(pid)
  expect(printed).toContain('test-')
  expect(existsSync(printed)).toBe(false)
})

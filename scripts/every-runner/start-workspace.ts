/**
 * Starts the emulator for the next steps, waits until it responds, and sets its address and its process id as outputs.
 * It is a process of its own group, with its output in a file, so that it outlives this step on Windows as well.
 */
import { spawn } from 'node:child_process'
import { openSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

import { setOutput, variable } from './runner.js'

/** How long it may take until it answers, in ms: a machine of GitHub is slow in its first minute. */
const PATIENCE_MS = 60_000

const logFile = path.join(variable('RUNNER_TEMP'), 'workspace.log')
const log = openSync(logFile, 'w')
// What `npm run emulator` does, without the processes of npm and tsx, which would have to be ended as well.
const workspace = spawn(process.execPath, ['--import', 'tsx', 'emulator/cli.ts', '--port', '0'], {
  detached: true,
  stdio: ['ignore', log, log],
  windowsHide: true,
})
workspace.unref()

const end = Date.now() + PATIENCE_MS
for (;;) {
  const [, url] = /^Databricks emulator on (http:\S+),/m.exec(readFileSync(logFile, 'utf8')) ?? []
  if (url !== undefined && (await answers(url))) {
    setOutput('url', url)
    setOutput('pid', String(workspace.pid))
    process.stdout.write(`A workspace listens on ${url}.\n`)
    break
  }
  if (workspace.exitCode !== null || Date.now() > end) {
    throw new Error(`The workspace does not answer. It has said:\n${readFileSync(logFile, 'utf8')}`)
  }
  await pause(100)
}

/** Whether anything at all comes back: without a token, that is a refusal. */
async function answers(url: string): Promise<boolean> {
  return await fetch(`${url}/api/2.0/secrets/scopes/list`).then(
    () => true,
    () => false,
  )
}

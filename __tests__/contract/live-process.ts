import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterEach } from '@jest/globals'
import { readArguments } from '../../contract/live-arguments.js'
import { liveCourt } from '../../contract/live-court.js'
import { runLive } from '../../contract/live-run.js'
import { Transcript } from '../../emulator/transcript.js'
import type { EmulatedWorkspace } from '../../emulator/workspace.js'
import { RUN_TYPESCRIPT } from '../runner/run-typescript.js'

/** The scope of the runs. The court of the emulator uses the same, so that transcripts can be compared. */
export const SCOPE = 'contract'
/** The token of the runs: a default identity of the emulator. */
export const TOKEN = 'fake-token-of-ada'

/** The result of a run. */
export interface Run {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A running run. */
interface Running {
  readonly process: ChildProcessByStdio<null, Readable, Readable>
  readonly ended: Promise<Run>
}

const running: Running[] = []
const folders: string[] = []

afterEach(async () => {
  for (const { process } of running) process.kill('SIGKILL')
  await Promise.all(running.splice(0).map(({ ended }) => ended))
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

/** Returns a path for a transcript, which is removed after the test. */
export function transcriptFile(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'transcript-'))
  folders.push(folder)
  return path.join(folder, 'transcript.jsonl')
}

/** Returns the lines of a transcript. */
export async function linesOf(file: string): Promise<Record<string, unknown>[]> {
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n')
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>)
}

/** Starts a program of contract/, such as `live.ts`, with only PATH in its environment. */
export function launch(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Running {
  const file = fileURLToPath(new URL(`../../contract/${program}`, import.meta.url))
  const child = spawn(process.execPath, [...RUN_TYPESCRIPT, file, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], ...env },
  })
  const ended = Promise.all([once(child, 'close'), read(child.stdout), read(child.stderr)]).then(
    ([, stdout, stderr]) => ({ code: child.exitCode, stdout, stderr }),
  )
  running.push({ process: child, ended })
  return { process: child, ended }
}

/** Reads a stream to its end. Returns nothing if a test has closed it. */
function read(stream: Readable): Promise<string> {
  return text(stream).catch(() => '')
}

/** The arguments of `contract:live` for a run with plain requests. */
export function against({ url }: Pick<EmulatedWorkspace, 'url'>, ...more: string[]): string[] {
  return ['--host', url, '--clients', 'rest', '--scope', SCOPE, '--transcript', transcriptFile(), ...more]
}

/** Runs `contract:live` as ada, and waits for its end. */
export function live(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Run> {
  return launch('live.ts', args, { DATABRICKS_TOKEN: TOKEN, ...env }).ended
}

/** Does what `contract:live` does as ada, but in this process, which takes half the time. */
export async function liveHere(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Pick<Run, 'code' | 'stdout'>> {
  const options = readArguments([...args], { DATABRICKS_TOKEN: TOKEN, ...env })
  if (options === undefined) throw new Error('The arguments ask for help.')
  const transcript = new Transcript(options.transcript)
  const court = await liveCourt(options, (exchange, during) => {
    transcript.write(exchange, during)
  })
  const printed: string[] = []
  const code = await runLive({ options, court, transcript, print: (text) => printed.push(text) })
  return { code, stdout: printed.join('\n') }
}

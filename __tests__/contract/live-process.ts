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
import type { EmulatedWorkspace } from '../../emulator/workspace.js'

/** The scope of the runs; the emulator's own court has the same, so that their transcripts can be compared. */
export const SCOPE = 'contract'
/** The token of the runs: of one of the emulator's own people. */
export const TOKEN = 'fake-token-of-ada'

/** How a run ended. */
export interface Run {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A run that is under way. */
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

/** A path for a transcript that is gone after the test. */
export function transcriptFile(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'transcript-'))
  folders.push(folder)
  return path.join(folder, 'transcript.jsonl')
}

/** The lines of a transcript. */
export async function linesOf(file: string): Promise<Record<string, unknown>[]> {
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n')
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>)
}

/** Starts a program of contract/, such as `live.ts`, with nothing of our environment but the PATH. */
export function launch(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Running {
  const file = fileURLToPath(new URL(`../../contract/${program}`, import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx/esm', file, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], ...env },
  })
  const ended = Promise.all([once(child, 'close'), read(child.stdout), read(child.stderr)]).then(
    ([, stdout, stderr]) => ({ code: child.exitCode, stdout, stderr }),
  )
  running.push({ process: child, ended })
  return { process: child, ended }
}

/** All of a stream, or nothing where a test has closed it. */
function read(stream: Readable): Promise<string> {
  return text(stream).catch(() => '')
}

/** The arguments of a run with plain requests against a workspace, as `contract:live` takes them. */
export function against({ url }: Pick<EmulatedWorkspace, 'url'>, ...more: string[]): string[] {
  return ['--host', url, '--clients', 'rest', '--scope', SCOPE, '--transcript', transcriptFile(), ...more]
}

/** Runs `contract:live` to its end, as ada. */
export function live(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Run> {
  return launch('live.ts', args, { DATABRICKS_TOKEN: TOKEN, ...env }).ended
}

import { mkdir, readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { run } from '../scripts/process.js'
import type { Contender } from './contenders.js'
import { nowMs, type Tally, type WorkspaceProcess } from './workspace-process.js'

/** What all runs of a benchmark have in common. */
export interface Setting {
  readonly workspace: WorkspaceProcess
  /** The binary of the action's Node. */
  readonly node: string
  /** A folder that is emptied before each run. */
  readonly folder: string
  readonly secrets: Readonly<Record<string, string>>
}

/** A whole process, measured from outside. */
export interface Run {
  /** From the call that starts it to the end of it and of its output, in ms. */
  readonly ms: number
  /** From the same moment to when the workspace had its first request, in ms; undefined if it made none. */
  readonly firstRequestMs: number | undefined
  /** From the same moment to when it had the last write of a secret, in ms; undefined if there was none. */
  readonly lastWriteMs: number | undefined
  /** What the workspace saw of it. */
  readonly tally: Tally
}

/** The resources that a process on Node used, as it reports them. */
export interface Resources {
  /** CPU time, user and system, in ms. */
  readonly cpuMs: number
  /** The peak memory, in KiB. */
  readonly peakKiB: number
}

/**
 * Runs a program to its end, on an empty scope.
 *
 * @throws Error when it fails, did not write all secrets, or made an unexpected number of requests: then its time has no
 * meaning
 */
export async function measure(contender: Contender, setting: Setting): Promise<Run> {
  return await runOnce(contender, setting)
}

/** Runs a program on Node that reports its resources. Do not use its time, because the report takes time too. */
export async function measureResources(contender: Contender, setting: Setting): Promise<Resources & Run> {
  const preload = pathToFileURL(path.resolve(import.meta.dirname, 'programs', 'resources.mjs')).href
  const file = path.join(setting.folder, 'resources.json')
  const ended = await runOnce(contender, setting, ['--import', preload], { BENCH_RESOURCES: file })
  return { ...ended, ...(JSON.parse(await readFile(file, 'utf8')) as Resources) }
}

/**
 * Runs a program several times at once against one workspace, each time with its own folder and secrets.
 *
 * @returns how long the last one took, and what the workspace saw of all
 * @throws Error when one of them fails, or not all secrets were written
 */
export async function measureTogether(
  { name, prepare }: Contender,
  settings: readonly Setting[],
): Promise<Pick<Run, 'ms' | 'tally'>> {
  const [first] = settings
  if (first === undefined) throw new Error('There is nothing to run.')
  const { workspace } = first
  const commands = []
  for (const { folder, node, secrets } of settings) {
    await rm(folder, { recursive: true, force: true })
    await mkdir(folder, { recursive: true })
    commands.push({ folder, ...(await prepare({ url: workspace.url, secrets, folder, node })) })
  }
  await workspace.getReady()
  const start = nowMs()
  const ended = await Promise.all(
    commands.map(async ({ program, args, env, folder }) => await run(program, args, { env, cwd: folder })),
  )
  const ms = nowMs() - start
  const tally = await workspace.tally()
  const count = settings.reduce((sum, { secrets }) => sum + Object.keys(secrets).length, 0)
  const codes = ended.map(({ exitCode }) => String(exitCode))
  if (codes.some((code) => code !== '0') || tally.kept !== count) {
    throw new Error(`${name} ended with ${codes.join(', ')} and ${tally.kept} of ${count} secrets`)
  }
  return { ms, tally }
}

async function runOnce(
  { name, prepare, requests, fails = false }: Contender,
  { workspace, node, folder, secrets }: Setting,
  nodeOptions: readonly string[] = [],
  moreEnv: Readonly<Record<string, string>> = {},
): Promise<Run> {
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder)
  const { program, args, env } = await prepare({ url: workspace.url, secrets, folder, node })
  await workspace.getReady()
  const start = nowMs()
  const ended = await run(program, [...nodeOptions, ...args], { env: { ...env, ...moreEnv }, cwd: folder })
  const ms = nowMs() - start
  const tally = await workspace.tally()

  const count = Object.keys(secrets).length
  const wanted = requests?.(count)
  const isDone =
    (wanted === undefined || tally.requests - tally.refused === wanted) &&
    tally.kept === (wanted === 0 ? 0 : count)
  if (fails ? ended.exitCode !== 1 : ended.exitCode !== 0 || !isDone) {
    const said = `${ended.stdout}\n${ended.stderr}`.replace(/^::add-mask::.*$/gm, '').trim()
    throw new Error(
      `${name} ended with ${String(ended.exitCode)}, ${tally.requests} requests and ${tally.kept} of ${count} ` +
        `secrets, and said last:\n${said.split('\n').slice(-5).join('\n')}`,
    )
  }
  const since = (atMs: number | undefined): number | undefined =>
    atMs === undefined ? undefined : atMs - start
  return { ms, tally, firstRequestMs: since(tally.firstAtMs), lastWriteMs: since(tally.lastWriteAtMs) }
}

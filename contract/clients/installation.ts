import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { run } from './process.js'

/** A program that a client is installed with, and what to say when it is missing. */
export interface Installer {
  readonly program: string
  /** What is said when it is not there. */
  readonly needed: string
}

/**
 * Makes an installation below `cache`, or takes what an earlier run has made of the same pins. Its folder is named by a
 * hash of the pins, so an old one is never taken for a new one; old ones are removed.
 *
 * @param pins everything that decides what is installed: lock files, versions of tools
 * @param make fills the folder, which is empty
 * @returns the folder
 * @throws what `make` throws; the next run then makes it anew
 */
export async function installOnce(
  cache: string,
  name: string,
  pins: readonly (string | Buffer)[],
  make: (folder: string) => Promise<void>,
): Promise<string> {
  const hash = createHash('sha256')
  for (const pin of [...pins, process.platform, process.arch]) hash.update(pin).update('\0')
  const folder = path.join(cache, name, hash.digest('hex').slice(0, 16))
  // Written last: an installation that was cut short does not have it.
  const complete = path.join(folder, 'complete')
  if (existsSync(complete)) return folder
  await mkdir(path.join(cache, name), { recursive: true })
  for (const old of await readdir(path.join(cache, name))) {
    await rm(path.join(cache, name, old), { recursive: true, force: true })
  }
  await mkdir(folder)
  await make(folder)
  await writeFile(complete, '')
  return folder
}

/**
 * Runs an installer in our own environment, for its proxies and mirrors, but without what is no business of a package.
 *
 * @returns what it printed
 * @throws Error with the last lines that it said when it fails, or with what is needed when it is missing
 */
export async function install(
  { program, needed }: Installer,
  args: readonly string[],
  { cwd, env = {} }: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<string> {
  const foreign = /^(DATABRICKS|ARM|AZURE|GITHUB|ACTIONS|INPUT)_/i
  const ours = Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)))
  const options = { env: { ...ours, ...env }, timeoutMs: 1_800_000, ...(cwd === undefined ? {} : { cwd }) }
  const ended = await run(program, args, options).catch((cause: unknown) => {
    throw new Error(needed, { cause })
  })
  if (ended.exitCode === 0) return ended.stdout
  const last = `${ended.stdout}\n${ended.stderr}`.trim().split('\n').slice(-15).join('\n')
  throw new Error(`${program} ${args[0] ?? ''} failed with ${String(ended.exitCode)}:\n${last}`)
}

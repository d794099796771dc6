import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises'
import path from 'node:path'
import { neutralEnv } from './environment.js'
import { run } from './process.js'

/** A program that something is installed with, and what to say when it is missing. */
export interface Installer {
  readonly program: string
  /** What is said when it is not there. */
  readonly needed: string
}

/** How long an unused installation is kept, in milliseconds: a day. */
const KEPT_MS = 86_400_000

/**
 * Makes an installation below `cache`, or uses the one of an earlier run with the same pins. The name of its folder is a hash
 * of the pins, so an old one is never used for new pins. Several runs may do this at the same time: each makes its own folder
 * and then moves it into place. An installation that was not used for a day is removed.
 *
 * @param pins everything that decides what is installed: lock files, versions of tools
 * @param make fills the folder, which is empty, and will be moved
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
  const all = path.join(cache, name)
  const folder = path.join(all, hash.digest('hex').slice(0, 16))
  if (!existsSync(folder)) {
    await mkdir(all, { recursive: true })
    const own = await mkdtemp(path.join(all, 'unfinished-'))
    try {
      await make(own)
      // Where another run was faster, its folder is there, which is not replaced.
      await rename(own, folder).catch((error: unknown) => {
        if (!existsSync(folder)) throw error
      })
    } finally {
      await rm(own, { recursive: true, force: true })
    }
  }
  const now = new Date()
  await utimes(folder, now, now)
  await removeUnused(all)
  return folder
}

async function removeUnused(all: string): Promise<void> {
  for (const name of await readdir(all)) {
    const folder = path.join(all, name)
    const used = await stat(folder).catch(() => undefined)
    if (used !== undefined && Date.now() - used.mtimeMs > KEPT_MS) {
      await rm(folder, { recursive: true, force: true })
    }
  }
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
  const options = { env: { ...neutralEnv(), ...env }, timeoutMs: 1_800_000 }
  const ended = await run(program, args, { ...options, ...(cwd === undefined ? {} : { cwd }) }).catch(
    (cause: unknown) => {
      throw new Error(needed, { cause })
    },
  )
  if (ended.exitCode === 0) return ended.stdout
  const last = `${ended.stdout}\n${ended.stderr}`.trim().split('\n').slice(-15).join('\n')
  throw new Error(`${program} ${args[0] ?? ''} failed with ${String(ended.exitCode)}:\n${last}`)
}

const NPM: Installer = { program: 'npm', needed: 'There is no npm on the PATH.' }
const QUIETLY = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel', 'error']

/**
 * Installs below `cache` what a folder's package.json and package-lock.json hold, without running their scripts.
 *
 * @returns the folder that has the `node_modules`
 * @throws Error when npm fails, with what it said last
 */
export async function installLocked(cache: string, name: string, locked: string): Promise<string> {
  const files = ['package.json', 'package-lock.json'].map((file) => path.join(locked, file))
  const pins = await Promise.all(files.map((file) => readFile(file)))
  return installOnce(cache, name, pins, async (folder) => {
    for (const file of files) await copyFile(file, path.join(folder, path.basename(file)))
    await install(NPM, ['ci', '--prefix', folder, ...QUIETLY])
  })
}

/**
 * Installs one package of an exact version below `cache`, without running its scripts.
 *
 * @param spec its name and version, as in `name@1.2.3`
 * @returns the folder that has the `node_modules`
 * @throws Error when npm fails, with what it said last
 */
export async function installPackage(cache: string, name: string, spec: string): Promise<string> {
  return installOnce(cache, name, [spec], async (folder) => {
    await install(NPM, ['install', '--no-save', '--prefix', folder, ...QUIETLY, spec])
  })
}

import { existsSync, readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { isolatedEnv } from '../scripts/environment.js'
import { run } from '../scripts/process.js'

/** A program that is installed. */
export interface Rival {
  readonly program: string
  /** As it names itself. */
  readonly version: string
}

/** The official clients that `npm run test:clients` has installed; undefined for those that it has not. */
export interface Rivals {
  readonly databricksCli: Rival | undefined
  /** The Python that has the SDK; the version is that of the SDK. */
  readonly python: Rival | undefined
}

const CLIENTS = path.resolve(import.meta.dirname, '..', '.cache', 'clients')

const SDK_VERSION = 'from databricks.sdk.version import __version__; print(__version__)'

/** Looks which official clients are there. Installing one can take many minutes, so that is not done here. */
export async function findRivals(): Promise<Rivals> {
  return {
    databricksCli: await find('databricks-cli', 'cli', ['version']),
    python: await find('python-sdk', path.join('bin', 'python'), ['-c', SDK_VERSION]),
  }
}

async function find(name: string, file: string, args: readonly string[]): Promise<Rival | undefined> {
  const all = path.join(CLIENTS, name)
  if (!existsSync(all)) return undefined
  // Its folders are named by a hash of what was pinned: the newest is from the pins of today, or of yesterday.
  const [program] = readdirSync(all)
    .map((folder) => path.join(all, folder, file))
    .filter((each) => existsSync(each))
    .sort((one, other) => statSync(other).mtimeMs - statSync(one).mtimeMs)
  if (program === undefined) return undefined
  const { exitCode, stdout } = await run(program, args, { env: isolatedEnv(CLIENTS) })
  return exitCode === 0 ? { program, version: stdout.trim().replace(/^.* v/, '') } : undefined
}

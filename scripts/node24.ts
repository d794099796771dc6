import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { installPackage } from './installation.js'
import { exitOnSignals } from './process.js'

const root = path.resolve(import.meta.dirname, '..')

/**
 * The path of the binary of the Node that .node-version names, the action's own; installs it below `.cache/node` first if
 * it is not there.
 *
 * @throws Error with the last lines of npm when it cannot be installed
 */
export async function node24(): Promise<string> {
  const version = (await readFile(path.join(root, '.node-version'), 'utf8')).trim()
  // By the name of its package for this platform, since the package `node` fetches that one by an install script.
  const name = `node-${process.platform}-${process.arch}`
  const folder = await installPackage(path.join(root, '.cache'), 'node', `${name}@${version}`)
  return path.join(folder, 'node_modules', name, 'bin', 'node')
}

// As a program, it prints the path.
if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  exitOnSignals()
  process.stdout.write(`${await node24()}\n`)
}

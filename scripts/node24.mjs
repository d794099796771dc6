// Prints the path of the Node that .node-version names, the action's own, and installs it first if it is not there.
import { spawn } from 'node:child_process'
import { readFileSync, realpathSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const root = path.resolve(import.meta.dirname, '..')

/**
 * The path of that Node's binary, below `.cache/node`.
 *
 * @returns {Promise<string>}
 * @throws Error with the last lines of npm when it cannot be installed
 */
export async function node24() {
  const version = readFileSync(path.join(root, '.node-version'), 'utf8').trim()
  const windows = process.platform === 'win32'
  // By the name of its package for this platform, since the package `node` fetches that one by an install script.
  const name = `node-${windows ? 'win' : process.platform}-${process.arch}`
  const folder = path.join(root, '.cache', 'node')
  const binary = path.join(folder, 'node_modules', name, 'bin', windows ? 'node.exe' : 'node')
  const wanted = `v${version}`
  if ((await run(binary, ['--version'])).stdout.trim() === wanted) return binary

  const install = [
    'install',
    '--loglevel',
    'error',
    '--no-audit',
    '--no-fund',
    '--no-save',
    '--prefix',
    folder,
    `${name}@${version}`,
  ]
  const npm = await run('npm', install, { shell: windows })
  const found = await run(binary, ['--version'])
  if (npm.status === 0 && found.stdout.trim() === wanted) return binary
  throw new Error(`npm could not install ${name} ${version}:\n${lastLines(npm.output + found.output)}`)
}

/** Runs a command to its end; one that cannot be started has no status. */
function run(command, args, options = {}) {
  return new Promise((resolve) => {
    let [stdout, output] = ['', '']
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
    child.stdout.on('data', (data) => {
      stdout += data
      output += data
    })
    child.stderr.on('data', (data) => (output += data))
    child.on('error', (error) => {
      resolve({ status: undefined, stdout, output: `${error.message}\n` })
    })
    child.on('close', (status) => {
      resolve({ status, stdout, output })
    })
  })
}

function lastLines(text) {
  return text.trimEnd().split('\n').slice(-20).join('\n')
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    process.stdout.write(`${await node24()}\n`)
  } catch (error) {
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 1
  }
}

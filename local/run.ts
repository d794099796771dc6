/** `npm run local`: runs the action from src with GitHub's local-action, and shows what the workspace then holds. */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs, parseEnv } from 'node:util'
import { EmulatedWorkspace } from '../emulator/workspace.js'

const USAGE = `Usage: npm run local [-- ENV_FILE]

Runs the action from src with the variables of ENV_FILE; default is local/.env, or else local/.env.example. If it names
no host, an emulated workspace is started for the run. Ends with the exit code of the action.
`

const root = path.resolve(import.meta.dirname, '..')
const modules = path.join(import.meta.dirname, 'node_modules')

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

/** Runs a command in the checkout to its end, and gives back its exit code. */
async function runToEnd(command: string, args: readonly string[], env = process.env): Promise<number> {
  const shell = command === 'npm' && process.platform === 'win32'
  const child = spawn(command, args, { cwd: root, env, shell, stdio: 'inherit' })
  const [exitCode] = (await once(child, 'exit')) as [number | null]
  return exitCode ?? 1
}

/** Installs what the lock file holds, unless that is there. It is big, so it is no dependency of the action's own. */
async function install(): Promise<void> {
  const lock = await readFile(path.join(import.meta.dirname, 'package-lock.json'))
  const hash = createHash('sha256').update(lock).digest('hex')
  // npm may be stopped half-way, and begins with removing all of it: only the marker says that it came to its end.
  const marker = path.join(modules, `installed-${hash.slice(0, 16)}`)
  if (existsSync(marker)) return
  print('Installing local-action below local/, about 330 MB …')
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel', 'error']
  const exitCode = await runToEnd('npm', ['ci', '--prefix', 'local', ...flags])
  if (exitCode !== 0) throw new Error(`npm ci failed with exit code ${exitCode}.`)
  writeFileSync(marker, '')
}

/** The file of variables, from the checkout's folder. */
function envFileOf(given: string | undefined): string {
  const file =
    given === undefined
      ? ['local/.env', 'local/.env.example'].find((name) => existsSync(path.join(root, name)))
      : path.relative(root, path.resolve(given))
  if (file === undefined || !existsSync(path.join(root, file)))
    throw new Error(`There is no file ${given ?? ''}.`)
  // local-action puts its arguments into the line of a shell, without quotes.
  if (!/^[\w./\\:-]+$/.test(file))
    throw new Error('The path of ENV_FILE may have letters, digits, ".", "_" and "-".')
  return file
}

/** The variables of this process that cannot change what the action does: those of a run are in the file alone. */
function neutralEnv(): NodeJS.ProcessEnv {
  const foreign = /^(INPUT|DATABRICKS|ARM|AZURE|GITHUB|ACTIONS|RUNNER)_/i
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)))
}

/** The action, as local-action runs it; gives back its exit code. */
async function runAction(envFile: string, env: NodeJS.ProcessEnv): Promise<number> {
  const bin = path.join(modules, '@github/local-action/bin/local-action.js')
  return await runToEnd(process.execPath, [bin, 'run', '.', 'local/entry.ts', envFile], env)
}

/** Keys and lengths: what the values are is nobody's business. */
function describe({ store }: EmulatedWorkspace): string {
  const lines = store.scopes.flatMap(({ name, secrets }) => [
    `  scope ${name}`,
    ...secrets.map(({ key, value }) => `    ${key.padEnd(24)} ${value.length} bytes`),
  ])
  return ['The emulated workspace now holds:', ...(lines.length === 0 ? ['  nothing'] : lines)].join('\n')
}

async function main(given: string | undefined): Promise<number> {
  const envFile = envFileOf(given)
  const named = parseEnv(readFileSync(path.join(root, envFile), 'utf8'))
  await install()
  const hasHost = [named['INPUT_HOST'], named['DATABRICKS_HOST']].some(
    (host) => host !== undefined && host !== '',
  )
  const workspace = hasHost ? undefined : await EmulatedWorkspace.start()
  const folder = await mkdtemp(path.join(tmpdir(), 'local-'))
  const summary = path.join(folder, 'summary.md')
  try {
    const exitCode = await runAction(envFile, {
      ...neutralEnv(),
      GITHUB_STEP_SUMMARY: summary,
      // Both, since the file may have either without a value, and what it has is put over these.
      ...(workspace === undefined ? {} : { INPUT_HOST: workspace.url, DATABRICKS_HOST: workspace.url }),
    })
    if (existsSync(summary)) print(`\nThe job summary:\n\n${await readFile(summary, 'utf8')}`)
    if (workspace !== undefined) print(`\n${describe(workspace)}`)
    print(`\nThe action ended with exit code ${exitCode}.`)
    return exitCode
  } finally {
    await rm(folder, { recursive: true })
    await workspace?.close()
  }
}

try {
  const { values, positionals } = parseArgs({
    options: { help: { type: 'boolean' } },
    allowPositionals: true,
  })
  if (values.help) print(USAGE)
  else process.exitCode = await main(positionals[0])
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}

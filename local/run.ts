/** `npm run local`: runs the action from src with GitHub's local-action, and shows the secrets in the workspace. */
import { existsSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { parseArgs, parseEnv } from 'node:util'
import { EmulatedWorkspace } from '../emulator/workspace.js'
import { neutralEnv } from '../scripts/environment.js'
import { installLocked } from '../scripts/installation.js'
import { exitOnSignals } from '../scripts/process.js'
import { Workplace } from '../scripts/workplace.js'

const USAGE = `Usage: npm run local [-- ENV_FILE]

Runs the action from src with the variables of ENV_FILE; default is local/.env, or else local/.env.example. If it names
no host, an emulated workspace is started for the run. Ends with the exit code of the action.
`

const root = path.resolve(import.meta.dirname, '..')

/** The run ends when the action ends, without a timeout: this is the longest time of a timer. */
const NO_TIMEOUT_MS = 2 ** 31 - 1

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

/** Installs local-action from the lock file, if it is missing. It is large, so it is no dependency of the action. */
async function install(): Promise<string> {
  print('Looking for local-action below .cache/, which the first time takes about 330 MB …')
  const folder = await installLocked(path.join(root, '.cache'), 'local-action', import.meta.dirname)
  return path.join(folder, 'node_modules/@github/local-action/bin/local-action.js')
}

/** The file with the variables, relative to the checkout. */
function envFileOf(given: string | undefined): string {
  const file =
    given === undefined
      ? ['local/.env', 'local/.env.example'].find((name) => existsSync(path.join(root, name)))
      : path.relative(root, path.resolve(given))
  if (file === undefined || !existsSync(path.join(root, file)))
    throw new Error(`There is no file ${given ?? ''}.`)
  // local-action passes its arguments to a shell, without quotes.
  if (!/^[\w./\\:-]+$/.test(file))
    throw new Error('The path of ENV_FILE may have letters, digits, ".", "_" and "-".')
  return file
}

/** Lists keys and lengths, but no values. */
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
  const localAction = await install()
  const hasHost = [named['INPUT_HOST'], named['DATABRICKS_HOST']].some(
    (host) => host !== undefined && host !== '',
  )
  const workspace = hasHost ? undefined : await EmulatedWorkspace.start()
  const workplace = new Workplace('local')
  const summary = path.join(workplace.folder(), 'summary.md')
  try {
    const ended = await workplace.run(
      process.execPath,
      [localAction, 'run', '.', 'local/entry.ts', envFile],
      {
        cwd: root,
        shown: true,
        timeoutMs: NO_TIMEOUT_MS,
        // None of these variables changes the action: its variables are only in the file.
        env: {
          ...neutralEnv(),
          GITHUB_STEP_SUMMARY: summary,
          // Both, because the file may have either without a value. Values in the file take precedence.
          ...(workspace === undefined ? {} : { INPUT_HOST: workspace.url, DATABRICKS_HOST: workspace.url }),
        },
      },
    )
    const exitCode = ended.exitCode ?? 1
    if (existsSync(summary)) print(`\nThe job summary:\n\n${await readFile(summary, 'utf8')}`)
    if (workspace !== undefined) print(`\n${describe(workspace)}`)
    print(`\nThe action ended with exit code ${exitCode}.`)
    return exitCode
  } finally {
    await workplace.close()
    await workspace?.close()
  }
}

exitOnSignals()
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

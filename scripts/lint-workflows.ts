/**
 * Has actionlint (with shellcheck) and zizmor look through our workflows, action.yml, the settings of Dependabot and the
 * examples. Both are installed below `.cache/linters` first if they are not there; neither asks the network anything.
 */
import { readdirSync } from 'node:fs'
import path from 'node:path'

import { neutralEnv } from './environment.js'
import { buildGoTool } from './go-tool.js'
import { exitOnSignals, run } from './process.js'
import { pythonVenv } from './python-venv.js'

const root = path.resolve(import.meta.dirname, '..')
const pins = path.join(import.meta.dirname, 'workflow-linters')
const cache = path.join(root, '.cache', 'linters')

exitOnSignals()
const { program: actionlint } = await buildGoTool(
  {
    name: 'actionlint',
    module: pins,
    main: 'github.com/rhysd/actionlint/cmd/actionlint',
    ldflags: (version) => `-s -w -X github.com/rhysd/actionlint.version=${version}`,
  },
  cache,
)
const bin = await pythonVenv(cache, 'zizmor', path.join(pins, 'requirements.txt'))

const ours = workflowsIn('.github/workflows')
const examples = workflowsIn('examples')
// With their paths, so that programs on the PATH of a machine are not used.
const shellcheck = ['-shellcheck', path.join(bin, 'shellcheck'), '-pyflakes', '']
const zizmor = path.join(bin, 'zizmor')
const quietly = [
  '--offline',
  '--no-progress',
  '--quiet',
  '--strict-collection',
  '--config',
  '.github/zizmor.yml',
]
const programs = [
  [actionlint, ...shellcheck, ...ours, ...examples],
  [zizmor, ...quietly, '--persona', 'pedantic', 'action.yml', '.github/dependabot.yml', ...ours],
  // Without the pedantic rules, because readers of the examples may follow other conventions.
  [zizmor, ...quietly, ...examples],
] as const

for (const [program, ...args] of programs) {
  const { exitCode } = await run(program, args, { cwd: root, env: neutralEnv(), shown: true })
  if (exitCode === 0) continue
  process.stderr.write(`${path.basename(program)} ended with ${String(exitCode)}: see above.\n`)
  process.exitCode = 1
}

/** The workflows of a folder, as paths from the root. */
function workflowsIn(folder: string): string[] {
  return readdirSync(path.join(root, folder))
    .filter((name) => name.endsWith('.yml'))
    .map((name) => path.join(folder, name))
}

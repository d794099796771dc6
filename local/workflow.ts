/** `npm run workflow`: plays a workflow against an emulated workspace, and shows what GitHub would show and what was written. */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { cp } from 'node:fs/promises'
import path from 'node:path'
import { parseArgs, parseEnv } from 'node:util'
import { playWorkflow, type ForeignStep, type World } from '../__tests__/runner/workflow/play-workflow.js'
import { pullRequestEvent } from '../__tests__/runner/workflow/pull-request-event.js'
import { parseWorkflow, type Texts } from '../__tests__/runner/workflow/workflow-file.js'
import { heading, indented, plainText, print, printStep } from '../demo/terminal.js'
import type { Securable } from '../emulator/privileges.js'
import type { EmulatedWorkspace } from '../emulator/workspace.js'
import { runCommandLine } from '../scripts/command-line.js'
import { WorkflowWorkspace } from './workflow-workspace.js'

const USAGE = `Usage: npm run workflow -- FILE [options]

Plays the workflow FILE against an emulated workspace on this machine, with bash and the action in dist. It prints the log of
each step, the job summary, the comment on the pull request, and the keys that the workspace has at the end.

  --event NAME          push, pull_request, schedule, workflow_dispatch or release; default is the first that FILE has. Repeat
                        it to play one after the other in the same workspace
  --secret NAME=VALUE   a secret; NAME alone takes the value from the environment variable NAME; may be repeated
  --secrets-file FILE   secrets from a JSON object of strings (*.json) or a dotenv file
  --var NAME=VALUE      a variable of the repository; may be repeated
  --input NAME=VALUE    an input of workflow_dispatch; may be repeated
  --keep                keep the workspace running at the end, until Ctrl-C
  --help                print this and end

You need not give any: secrets that FILE names get made-up values, and the workspace has the scopes with create-scope false,
the schemas, the service principals with federation policies, and the permissions that the steps need. Use no real secrets.
The checkout is a copy of the folder that has .github, or of the folder of FILE. Other actions do nothing, and services,
containers and shells other than bash do not run. The command says so. The exit code is 1 if a job fails.
`

/** What each event is on GitHub, in the order in which one is chosen. */
const EVENTS: Readonly<Record<string, Omit<World['event'], 'name'>>> = {
  push: {},
  workflow_dispatch: {},
  schedule: {},
  pull_request: pullRequestEvent(),
  release: { ref: 'refs/tags/v1.0.0', payload: { action: 'published' } },
}

const PLAYED = 'This command plays scripts of bash, actions/checkout and this action only.'

interface Arguments {
  readonly file: string
  readonly events: readonly string[]
  readonly secrets: Texts
  readonly vars: Texts
  readonly inputs: Texts
  readonly keep: boolean
}

function readArguments(): Arguments | undefined {
  const texts = { type: 'string', multiple: true, default: [] as string[] } as const
  const { values, positionals } = parseArgs({
    options: {
      event: texts,
      secret: texts,
      'secrets-file': { type: 'string' },
      var: texts,
      input: texts,
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
    allowPositionals: true,
  })
  if (values.help) return undefined
  const [file = '', ...more] = positionals
  if (file === '' || more.length > 0) throw new Error('Name one workflow, as in: npm run workflow -- FILE')
  if (!existsSync(file)) throw new Error(`There is no file ${file}.`)
  const unknown = values.event.find((name) => !Object.hasOwn(EVENTS, name))
  if (unknown !== undefined) throw new Error(`--event is one of ${Object.keys(EVENTS).join(', ')}.`)
  return {
    file,
    events: values.event,
    secrets: {
      ...(values['secrets-file'] === undefined ? {} : secretsOf(values['secrets-file'])),
      ...pairs('--secret', values.secret),
    },
    vars: pairs('--var', values.var),
    inputs: pairs('--input', values.input),
    keep: values.keep,
  }
}

function pairs(option: string, texts: readonly string[]): Texts {
  return Object.fromEntries(
    texts.map((text) => {
      const [, name = '', value] = /^(\w[\w-]*)(?:=(.*))?$/s.exec(text) ?? []
      const given = value ?? (option === '--secret' ? process.env[name] : undefined)
      // Not the text, which may have a piece of a value.
      if (given === undefined) throw new Error(`${option} ${name || '…'} has no value: write NAME=VALUE.`)
      return [name, given]
    }),
  )
}

function secretsOf(file: string): Texts {
  try {
    const text = readFileSync(file, 'utf8')
    const entries: [string, unknown][] = Object.entries(
      file.endsWith('.json') ? (JSON.parse(text) as object) : parseEnv(text),
    )
    if (!entries.every((entry): entry is [string, string] => typeof entry[1] === 'string')) throw new Error()
    return Object.fromEntries(entries)
  } catch {
    // Without the cause: the message of a parser quotes the file.
    throw new Error(
      `--secrets-file ${file} is no JSON object of strings (*.json) and no dotenv file that can be read.`,
    )
  }
}

async function run({ file, events, vars, inputs, secrets, keep }: Arguments): Promise<void> {
  const text = readFileSync(file, 'utf8')
  const workflow = parseWorkflow(text)
  // The folder that has .github, as in a checkout, or else the one of the file.
  const [, repository] = /^(.*)[\\/]\.github[\\/]workflows[\\/][^\\/]+$/.exec(path.resolve(file)) ?? []
  const folder = repository ?? path.dirname(path.resolve(file))
  const steps = workflow.jobs.flatMap((job) => job.steps)
  const configs = steps
    .map((step) => path.join(folder, step.with['config'] ?? ''))
    .filter((name) => /\.ya?ml$/.test(name) && existsSync(name))
  const databricks = await WorkflowWorkspace.start(
    text,
    configs.map((name) => readFileSync(name, 'utf8')).join('\n'),
    secrets,
    vars,
  )
  let failed = false
  let unplayed = 0
  let notPlayed: string | undefined
  try {
    if (databricks.madeUp.length > 0) print(`Secrets with made-up values: ${databricks.madeUp.join(', ')}`)
    const chosen = Object.keys(EVENTS).find((name) => Object.hasOwn(workflow.on, name)) ?? 'push'
    for (const name of events.length > 0 ? events : [chosen]) {
      const jobs = await playWorkflow(file, {
        event: {
          name,
          ...EVENTS[name],
          ignoresFilters: true,
          inputs: { ...defaultsOf(workflow.on[name]), ...inputs },
        },
        secrets: databricks.secrets,
        vars: databricks.vars,
        hasAnyEnvironment: true,
        uses: Object.fromEntries(
          steps.flatMap(({ uses = '' }) =>
            uses.startsWith('actions/checkout@') ? [[uses, checkoutOf(folder)]] : [],
          ),
        ),
        jobVariables: async (job) => databricks.variablesOf(job),
        beforeOurs: (step) => databricks.prepare(step),
        onStep: ({ name: step, outcome, result }, jobId) => {
          heading(`${name} / ${jobId} / ${step}: ${notPlayed === undefined ? outcome : 'not played'}`)
          if (notPlayed !== undefined) print(`  ${notPlayed} ${PLAYED}`)
          notPlayed = undefined
          if (result !== undefined) printStep(result)
          if (result?.timedOut === true) print('  The step took too long, and was stopped.')
        },
        onUnplayable: (reason) => {
          unplayed++
          notPlayed = reason
        },
      })
      failed ||= jobs.some(({ outcome }) => outcome === 'failure')
    }
    for (const { body } of databricks.github.comments()) {
      heading('The comment on the pull request:')
      print(indented(plainText(body), '  '))
    }
    heading('The emulated workspace now has')
    print(indented(describe(databricks.workspace), '  '))
    print(
      `\n${failed ? '✘ The run failed.' : '✔ The run succeeded.'}${unplayed === 0 ? '' : ` Steps that were not played: ${unplayed}.`}`,
    )
    process.exitCode = failed ? 1 : 0
    if (keep) await keepOpen(databricks)
  } finally {
    await databricks.close()
  }
}

/** Never ends: a signal ends the command. */
async function keepOpen({ workspace }: WorkflowWorkspace): Promise<never> {
  print(`The workspace stays on ${workspace.url} until Ctrl-C.`)
  return await new Promise(() => {})
}

/** The defaults of the inputs of an event. */
function defaultsOf(filters: unknown): Record<string, unknown> {
  const { inputs } = (filters ?? {}) as { inputs?: Record<string, { default?: unknown } | null> }
  return Object.fromEntries(Object.entries(inputs ?? {}).map(([name, input]) => [name, input?.default ?? '']))
}

/** What stands in for actions/checkout: a copy of a folder, without what Git and npm keep there. */
function checkoutOf(folder: string): (step: ForeignStep) => Promise<object> {
  return async ({ with: { path: below = '' }, workspace }) => {
    const kept = (file: string): boolean => !['.git', 'node_modules'].includes(path.basename(file))
    await cp(folder, path.join(workspace, below), { recursive: true, filter: kept })
    return {}
  }
}

/** Lists scopes and schemas with their keys, sizes, digests and permissions, but no values. */
function describe({ store, catalogs }: EmulatedWorkspace): string {
  const lines = [
    ...store.scopes.flatMap(({ name, secrets, acls }) => [
      `scope ${name}`,
      ...secrets.map(({ key, value }) => secretLine(key, value)),
      ...[...acls].map(([who, permission]) => `  ${who} has ${permission}`),
    ]),
    ...catalogs.schemas.flatMap(({ fullName, secrets, grants }) => [
      `schema ${fullName}`,
      ...[...secrets.values()].flatMap((secret) => [
        secretLine(secret.name, Buffer.from(secret.value)),
        ...grantLines(secret.grants, `on ${secret.name}`),
      ]),
      ...grantLines(grants, 'on the schema'),
    ]),
  ]
  return lines.length === 0 ? 'no scopes and no schemas' : lines.join('\n')
}

function secretLine(key: string, value: Buffer): string {
  return `  ${key.padEnd(24)} ${value.length} bytes, SHA-256 ${createHash('sha256').update(value).digest('hex')}`
}

function grantLines(grants: Securable['grants'], place: string): string[] {
  return [...grants].map(
    ([who, privileges]) => `  ${who} has ${[...privileges].join(', ').replaceAll('_', ' ')} ${place}`,
  )
}

await runCommandLine(USAGE, readArguments, async (given) => {
  try {
    await run(given)
  } catch (error) {
    process.stderr.write(`${given.file}: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
  }
})

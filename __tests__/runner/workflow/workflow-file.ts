import { parse } from 'yaml'

/** A mapping of texts, before their expressions are evaluated; numbers and booleans are as texts. */
export type Texts = Readonly<Record<string, string>>

/** A step as it is written; either `uses` or `run` is there. */
export interface StepFile {
  readonly name?: string
  readonly id?: string
  readonly if?: string
  readonly uses?: string
  readonly run?: string
  readonly shell?: string
  /** Whether the job goes on, as if it had succeeded, when it fails. */
  readonly continueOnError: boolean
  readonly with: Texts
  readonly env: Texts
}

/** A job as it is written. */
export interface JobFile {
  readonly id: string
  readonly needs: readonly string[]
  readonly if?: string
  /** Those of the workflow where the job has none of its own. */
  readonly permissions: Texts
  readonly environment?: string
  readonly concurrency?: string
  /** Lists by name. */
  readonly matrix: Readonly<Record<string, readonly unknown[]>>
  readonly failFast: boolean
  readonly env: Texts
  /** The shell of steps that name none; undefined is the runner's own choice. */
  readonly shell: string | undefined
  readonly steps: readonly StepFile[]
}

/** A workflow as it is written. */
export interface WorkflowFile {
  readonly name: string
  readonly on: Readonly<Record<string, unknown>>
  readonly concurrency?: string
  readonly env: Texts
  readonly jobs: readonly JobFile[]
}

type Mapping = Record<string, unknown>

/**
 * Reads a workflow for the player. GitHub's own parser is the judge of its schema (`npm run workflows`); this one only
 * refuses what the player would have to ignore.
 * @throws Error on a part of a workflow that the player does not know
 */
export function parseWorkflow(text: string): WorkflowFile {
  const file = mapping(parse(text), 'the workflow', [
    'name',
    'run-name',
    'on',
    'permissions',
    'concurrency',
    'env',
    'defaults',
    'jobs',
  ])
  const shell = shellOf(file['defaults'])
  return {
    name: textOf(file['name']),
    on: eventsOf(file['on']),
    ...groupOf(file['concurrency']),
    env: texts(file['env']),
    jobs: Object.entries(mapping(file['jobs'], 'jobs')).map(([id, job]) =>
      parseJob(id, job, file['permissions'], shell),
    ),
  }
}

function parseJob(
  id: string,
  node: unknown,
  permissions: unknown,
  workflowShell: string | undefined,
): JobFile {
  const job = mapping(node, `the job ${id}`, [
    'name',
    'runs-on',
    'needs',
    'if',
    'permissions',
    'environment',
    'concurrency',
    'timeout-minutes',
    'strategy',
    'env',
    'defaults',
    'steps',
  ])
  // GitHub's default for new repositories, if the workflow does not say it.
  const granted = job['permissions'] ?? permissions ?? { contents: 'read' }
  const strategy = mapping(job['strategy'] ?? {}, 'strategy', ['matrix', 'fail-fast', 'max-parallel'])
  const matrix = Object.entries(mapping(strategy['matrix'] ?? {}, 'matrix')).map(([name, list]) => {
    if (!Array.isArray(list) || name === 'include' || name === 'exclude') {
      throw new Error(`The player knows lists in a matrix alone; ${name} is none.`)
    }
    return [name, list as unknown[]] as const
  })
  return {
    id,
    needs: job['needs'] === undefined ? [] : [job['needs']].flat().map(textOf),
    ...optional('if', job['if']),
    permissions: texts(granted),
    ...optional('environment', environmentOf(job['environment'])),
    ...groupOf(job['concurrency']),
    matrix: Object.fromEntries(matrix),
    failFast: textOf(strategy['fail-fast'] ?? true) === 'true',
    env: texts(job['env']),
    shell: shellOf(job['defaults']) ?? workflowShell,
    steps: (job['steps'] as unknown[]).map(parseStep),
  }
}

function parseStep(node: unknown): StepFile {
  const step = mapping(node, 'a step', [
    'name',
    'id',
    'if',
    'uses',
    'run',
    'shell',
    'continue-on-error',
    'timeout-minutes',
    'with',
    'env',
  ])
  return {
    ...optional('name', step['name']),
    ...optional('id', step['id']),
    ...optional('if', step['if']),
    ...optional('uses', step['uses']),
    ...optional('run', step['run']),
    ...optional('shell', step['shell']),
    continueOnError: textOf(step['continue-on-error'] ?? false) === 'true',
    with: texts(step['with']),
    env: texts(step['env']),
  }
}

/** The events with their filters: of one name, a list of names, or a mapping. */
function eventsOf(node: unknown): Mapping {
  if (typeof node !== 'string' && !Array.isArray(node)) return mapping(node, 'on')
  return Object.fromEntries([node].flat().map((name) => [textOf(name), {}]))
}

function environmentOf(node: unknown): unknown {
  return typeof node === 'object' ? mapping(node, 'environment', ['name', 'url'])['name'] : node
}

function groupOf(node: unknown): { concurrency?: string } {
  if (node === undefined || typeof node === 'string') return optional('concurrency', node)
  return optional('concurrency', mapping(node, 'concurrency', ['group', 'cancel-in-progress'])['group'])
}

function shellOf(defaults: unknown): string | undefined {
  const { run = {} } = mapping(defaults ?? {}, 'defaults', ['run'])
  const { shell } = mapping(run, 'defaults.run', ['shell'])
  return shell === undefined ? undefined : textOf(shell)
}

function mapping(node: unknown, what: string, known?: readonly string[]): Mapping {
  if (typeof node !== 'object' || node === null || Array.isArray(node)) {
    throw new Error(`The player expects a mapping for ${what}.`)
  }
  const unknown = known === undefined ? [] : Object.keys(node).filter((name) => !known.includes(name))
  if (unknown.length > 0) throw new Error(`The player does not know ${unknown.join(', ')} in ${what}.`)
  return { ...node }
}

function texts(node: unknown): Texts {
  return Object.fromEntries(
    Object.entries(mapping(node ?? {}, 'texts')).map(([name, value]) => [name, textOf(value)]),
  )
}

function textOf(node: unknown): string {
  if (typeof node === 'string' || typeof node === 'number' || typeof node === 'boolean') return String(node)
  if (node === null || node === undefined) return ''
  throw new Error('The player expects a text here.')
}

function optional<Name extends string>(name: Name, node: unknown): Partial<Record<Name, string>> {
  return node === undefined ? {} : ({ [name]: textOf(node) } as Record<Name, string>)
}

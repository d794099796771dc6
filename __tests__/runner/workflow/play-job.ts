import { mkdtemp, readdir, readFile, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { FAKE_GITHUB_TOKEN, foldersBelow, makeFolders } from '../environment.js'
import { evaluateAll } from './evaluate-all.js'
import { interpolate, type Scope, type Status } from './expression.js'
import { JobState, type PlayedStep } from './job-state.js'
import { playStep } from './play-step.js'
import { placePrograms } from './programs.js'
import { runnerOf } from './runner-context.js'
import type { JobFile, Texts, WorkflowFile } from './workflow-file.js'
import { permissionsOf, subjectOf, visibleTo, type JobIdentity, type World } from './world.js'

export type { PlayedStep } from './job-state.js'

/** A job as it went. */
export interface PlayedJob extends JobIdentity {
  readonly id: string
  readonly matrix: Readonly<Record<string, unknown>>
  readonly outcome: Status
  /** The concurrency groups that it was in: the workflow's, its own. */
  readonly groups: readonly string[]
  readonly steps: readonly PlayedStep[]
  /** What lies in the workspace at its end, by path: a runner of one's own keeps it, and every later job can read it. */
  readonly workspaceFiles: Texts
}

/** What is known of a job before it starts. */
export interface JobStart {
  readonly workflow: WorkflowFile
  readonly job: JobFile
  readonly matrix: Readonly<Record<string, unknown>>
  /** The results of the jobs that it needs, by id. */
  readonly needs: Readonly<Record<string, { readonly result: Status }>>
}

/** The contexts that a job has before its first step. */
export function contextsOf({ workflow, matrix, needs }: JobStart, world: World): Scope['contexts'] {
  return {
    github: githubOf(workflow, world),
    inputs: world.event.inputs ?? {},
    vars: visibleTo(world, undefined, FAKE_GITHUB_TOKEN).vars,
    matrix,
    needs,
  }
}

/** Plays the steps of a job in a workspace of its own, which is gone afterwards. */
export async function playJob(start: JobStart, world: World): Promise<PlayedJob> {
  const { workflow, job } = start
  const early: Scope = { contexts: contextsOf(start, world), status: 'success' }
  const environment = job.environment === undefined ? undefined : interpolate(job.environment, early)
  const identity: JobIdentity = {
    permissions: permissionsOf(world, job.permissions),
    environment,
    subject: subjectOf(world.event, environment),
  }
  const { secrets, vars } = visibleTo(world, environment, FAKE_GITHUB_TOKEN)

  const root = await realpath(await mkdtemp(path.join(tmpdir(), 'job-')))
  try {
    const folders = foldersBelow(root)
    await makeFolders(folders, world.event.payload ?? {})
    const runner = {
      ...eventVariables(workflow, world),
      GITHUB_JOB: job.id,
      ...(await world.jobVariables?.(identity)),
    }
    const contexts = { ...early.contexts, secrets, vars, runner: runnerOf(folders) }
    const env = evaluateAll({ ...workflow.env, ...job.env }, { contexts, status: 'success' })
    const state = new JobState({
      contexts,
      env,
      masks: Object.values(secrets),
      folders,
      runner,
      path: [await placePrograms(path.join(root, 'bin'), world.programs ?? {})],
    })
    for (const step of job.steps) {
      await playStep(step, job.shell, state, world)
      const [ended] = state.steps.slice(-1)
      if (ended !== undefined) world.onStep?.(ended, job.id)
    }
    return {
      id: job.id,
      matrix: start.matrix,
      ...identity,
      outcome: state.status,
      groups: [workflow.concurrency, job.concurrency]
        .filter((group) => group !== undefined)
        .map((group) => interpolate(group, early)),
      steps: state.steps,
      workspaceFiles: await filesBelow(folders.workspace),
    }
  } finally {
    await rm(root, { recursive: true, force: true, maxRetries: 5 })
  }
}

function eventVariables({ name }: WorkflowFile, { event }: World): Texts {
  const ref = event.ref ?? 'refs/heads/main'
  return {
    GITHUB_ACTOR: event.actor ?? 'octocat',
    GITHUB_EVENT_NAME: event.name,
    GITHUB_REF: ref,
    GITHUB_REF_NAME: ref.replace(/^refs\/(heads|tags|pull)\//, ''),
    GITHUB_WORKFLOW: name,
  }
}

/** What `github` has of what the harness sets, and the event. */
function githubOf(workflow: WorkflowFile, world: World): Readonly<Record<string, unknown>> {
  const variables = Object.entries(eventVariables(workflow, world))
  return {
    ...Object.fromEntries(
      variables.map(([name, value]) => [name.slice('GITHUB_'.length).toLowerCase(), value]),
    ),
    event: world.event.payload ?? {},
    repository: 'owner/repo',
    repository_owner: 'owner',
    run_id: '1234567890',
    server_url: 'https://github.com',
    token: FAKE_GITHUB_TOKEN,
  }
}

async function filesBelow(folder: string): Promise<Texts> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
  return Object.fromEntries(
    await Promise.all(
      files.map(async (file) => [path.relative(folder, file), await readFile(file, 'utf8')] as const),
    ),
  )
}

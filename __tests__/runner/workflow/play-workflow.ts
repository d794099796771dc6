import { readFile } from 'node:fs/promises'
import { holds, type Scope, type Status } from './expression.js'
import { contextsOf, playJob, type JobStart, type PlayedJob } from './play-job.js'
import { isStartedBy } from './trigger.js'
import { parseWorkflow, type JobFile } from './workflow-file.js'
import type { World } from './world.js'

export type { PlayedJob, PlayedStep } from './play-job.js'
export type { ForeignStep, JobIdentity, OurStep, World } from './world.js'

/**
 * Plays a workflow as GitHub would for an event, as far as the player knows it: jobs one after the other, each copy of a
 * matrix as a job of its own, the rest of a matrix left out once one has failed (unless `fail-fast` is off).
 * @throws Error on an event that does not start it, and on anything that the player does not know: it never guesses
 */
export async function playWorkflow(file: string, world: World): Promise<PlayedJob[]> {
  const workflow = parseWorkflow(await readFile(file, 'utf8'))
  if (!isStartedBy(workflow, world.event)) throw new Error(`${file} is not started by ${world.event.name}.`)
  const played: PlayedJob[] = []
  for (const job of workflow.jobs) {
    const needs = Object.fromEntries(job.needs.map((id) => [id, { result: resultOf(id, played) }] as const))
    let stopped = false
    for (const matrix of copiesOf(job)) {
      const start: JobStart = { workflow, job, matrix, needs }
      const status = overall(Object.values(needs).map(({ result }) => result))
      const scope: Scope = { contexts: contextsOf(start, world), status }
      if (stopped || !holds(job.if, scope)) {
        played.push(skipped(job, matrix))
        continue
      }
      const end = await playJob(start, world)
      played.push(end)
      stopped = job.failFast && end.outcome === 'failure'
    }
  }
  return played
}

/** What `needs.<id>.result` is: all copies of a matrix count as one. */
function resultOf(id: string, played: readonly PlayedJob[]): Status {
  const outcomes = played.filter((job) => job.id === id).map(({ outcome }) => outcome)
  if (outcomes.length === 0) throw new Error(`The player knows no job ${id} before the one that needs it.`)
  return overall(outcomes)
}

function overall(outcomes: readonly Status[]): Status {
  if (outcomes.includes('failure')) return 'failure'
  return outcomes.includes('skipped') ? 'skipped' : 'success'
}

/** Every combination of the matrix, the last list changing fastest; one without any when there is none. */
function copiesOf({ matrix }: JobFile): Record<string, unknown>[] {
  return Object.entries(matrix).reduce<Record<string, unknown>[]>(
    (copies, [name, values]) => copies.flatMap((copy) => values.map((value) => ({ ...copy, [name]: value }))),
    [{}],
  )
}

function skipped({ id, permissions }: JobFile, matrix: Record<string, unknown>): PlayedJob {
  return {
    id,
    matrix,
    permissions,
    environment: undefined,
    subject: '',
    outcome: 'skipped',
    groups: [],
    steps: [],
    workspaceFiles: {},
  }
}

import type { PlayedStep } from './job-state.js'
import type { Texts } from './workflow-file.js'

/** What starts a workflow. */
export interface Event {
  readonly name: string
  /** What `github.event` is; default `{}`. */
  readonly payload?: Readonly<Record<string, unknown>>
  /** Of a run by hand. */
  readonly inputs?: Readonly<Record<string, unknown>>
  /** Default `refs/heads/main`. */
  readonly ref?: string
  /** Default `octocat`. */
  readonly actor?: string
  /** Starts the workflow also where its filters say no. Default false. */
  readonly ignoresFilters?: boolean
  /** Whether a pull request comes from a fork: then GitHub keeps secrets, variables and all rights to write. */
  readonly fromFork?: boolean
}

/** An action of somebody else as it is called, its expressions evaluated. */
export interface ForeignStep {
  readonly with: Texts
  /** Absolute; where it may leave files. */
  readonly workspace: string
  readonly runner: Texts
}

/** What it leaves to the steps after it. */
export interface ForeignResult {
  readonly env?: Texts
  readonly masks?: readonly string[]
  readonly outputs?: Texts
}

/** A step with the action, its expressions evaluated. */
export interface OurStep {
  readonly with: Texts
  readonly env: Texts
  /** Absolute; where its files are. */
  readonly workspace: string
}

/** The rights and the names of a job, as GitHub knows them. */
export interface JobIdentity {
  readonly permissions: Texts
  readonly environment: string | undefined
  /** The claim `sub` of its token, in the form without numeric ids. */
  readonly subject: string
}

/** The repository, and all else that is around a workflow. */
export interface World {
  readonly event: Event
  /** Of the repository. `github_token` is added. */
  readonly secrets?: Texts
  readonly vars?: Texts
  /** What an environment adds to them, by its name. One that is not here is an error, unless `hasAnyEnvironment`. */
  readonly environments?: Readonly<Record<string, { readonly secrets?: Texts; readonly vars?: Texts }>>
  /** Whether each environment exists, and one that `environments` does not name adds nothing. Default false. */
  readonly hasAnyEnvironment?: boolean
  /** Stand-ins for actions of others, by what `uses` says. One that is not here is an error. */
  readonly uses?: Readonly<Record<string, (step: ForeignStep) => Promise<ForeignResult> | ForeignResult>>
  /** Scripts of bash in place of programs that the runner has, by name. */
  readonly programs?: Texts
  /** Variables of the runner for a job, as those that give it a token of its own. */
  readonly jobVariables?: (job: JobIdentity) => Texts | Promise<Texts>
  /** Sees the evaluated inputs and variables of a step with the action before it starts, and returns the inputs to use. */
  readonly beforeOurs?: (step: OurStep) => Texts
  /** Called when a step has ended. */
  readonly onStep?: (step: PlayedStep, jobId: string) => void
  /** Called with the reason for a step that the player cannot play, which is then skipped. Without it, that is an error. */
  readonly onUnplayable?: (reason: string) => void
}

/**
 * The secrets and variables that a job of this environment can see.
 *
 * @throws {Error} when there is no such environment
 */
export function visibleTo(
  { event, secrets, vars, environments, hasAnyEnvironment = false }: World,
  environment: string | undefined,
  token: string,
): { secrets: Texts; vars: Texts } {
  const own =
    environment === undefined ? {} : (environments?.[environment] ?? (hasAnyEnvironment ? {} : undefined))
  if (own === undefined) throw new Error(`The repository has no environment ${environment ?? ''}.`)
  const withheld = event.fromFork ?? false
  // Dependabot's runs see secrets of their own kind, of which there are none here.
  const noSecrets = withheld || event.actor === 'dependabot[bot]'
  return {
    secrets: { ...(!noSecrets && { ...secrets, ...own.secrets }), github_token: token },
    vars: withheld ? {} : { ...vars, ...own.vars },
  }
}

/** What a job may do: a fork's may read alone, and gets no token of its own. */
export function permissionsOf({ event }: World, written: Texts): Texts {
  if (!event.fromFork) return written
  return Object.fromEntries(
    Object.entries(written)
      .filter(([name]) => name !== 'id-token')
      .map(([name, right]) => [name, right === 'write' ? 'read' : right]),
  )
}

/** The subject of a job's token: its environment, or else what has started it. */
export function subjectOf(event: Event, environment: string | undefined): string {
  if (environment !== undefined) return `repo:owner/repo:environment:${environment}`
  if (event.name === 'pull_request') return 'repo:owner/repo:pull_request'
  return `repo:owner/repo:ref:${event.ref ?? 'refs/heads/main'}`
}

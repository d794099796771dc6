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
  /** What an environment adds to them, by its name. One that is not here is an error. */
  readonly environments?: Readonly<Record<string, { readonly secrets?: Texts; readonly vars?: Texts }>>
  /** Stand-ins for actions of others, by what `uses` says. One that is not here is an error. */
  readonly uses?: Readonly<Record<string, (step: ForeignStep) => Promise<ForeignResult> | ForeignResult>>
  /** Scripts of bash in place of programs that the runner has, by name. */
  readonly programs?: Texts
  /** Variables of the runner for a job, as those that give it a token of its own. */
  readonly jobVariables?: (job: JobIdentity) => Texts
}

/**
 * The secrets and variables that a job of this environment can see.
 *
 * @throws {Error} when there is no such environment
 */
export function visibleTo(
  { event, secrets, vars, environments }: World,
  environment: string | undefined,
  token: string,
): { secrets: Texts; vars: Texts } {
  const own = environment === undefined ? {} : environments?.[environment]
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

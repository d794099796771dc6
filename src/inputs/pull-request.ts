import { readFileSync } from 'node:fs'

/** The pull request of a run. */
export interface PullRequest {
  /** The owner and the name of the repository that it merges into. */
  readonly owner: string
  readonly repo: string
  readonly number: number
  /** The last commit of its branch; undefined if the event does not have it. */
  readonly commit: string | undefined
  /** Whether its branch is in another repository. GitHub then gives the run no secrets, variables or write access. */
  readonly fromFork: boolean
  /** Whether Dependabot started the run. GitHub then gives it only the secrets of Dependabot. */
  readonly fromDependabot: boolean
}

/** The pull request, or why the run has none, as the end of a sentence. */
export type PullRequestEvent = PullRequest | { readonly none: string }

/**
 * Reads the pull request of the run from the event payload.
 *
 * `pull_request_target` does not count: it runs with secrets, and often checks out code of somebody else.
 */
export function readPullRequest(env: NodeJS.ProcessEnv): PullRequestEvent {
  const event = env['GITHUB_EVENT_NAME'] ?? ''
  if (event !== 'pull_request') {
    return { none: `the event is ${/^\w{1,40}$/.test(event) ? event : 'another one'}, not pull_request` }
  }
  const [, owner, repo] = /^([\w.-]+)\/([\w.-]+)$/.exec(env['GITHUB_REPOSITORY'] ?? '') ?? []
  const payload = readPayload(env['GITHUB_EVENT_PATH'] ?? '')
  const number = at(payload, 'pull_request', 'number')
  const base = at(payload, 'pull_request', 'base', 'repo', 'full_name')
  const commit = at(payload, 'pull_request', 'head', 'sha')
  if (owner === undefined || repo === undefined || !isNumber(number) || typeof base !== 'string') {
    return {
      none: 'the runner does not name it: check GITHUB_EVENT_PATH and GITHUB_REPOSITORY of the step',
    }
  }
  return {
    owner,
    repo,
    number,
    commit: typeof commit === 'string' && /^[0-9a-f]{40,64}$/.test(commit) ? commit : undefined,
    // Not `head.repo.fork`: a repository that is a fork has its own pull requests too. A deleted fork is null.
    fromFork: at(payload, 'pull_request', 'head', 'repo', 'full_name') !== base,
    // Not the author: if a person pushes to the branch of Dependabot, the run has the rights of that person.
    fromDependabot: env['GITHUB_ACTOR'] === 'dependabot[bot]',
  }
}

/**
 * Whether the run is for a pull request. Unlike {@link readPullRequest}, it includes `pull_request_target`: such a run can
 * write secrets too.
 */
export function isForPullRequest({ GITHUB_EVENT_NAME: event = '' }: NodeJS.ProcessEnv): boolean {
  return event === 'pull_request' || event === 'pull_request_target'
}

/**
 * Whether the event says that the repository is private or internal. Anybody can read the logs of a public one, so an event
 * without these fields counts as public.
 */
export function isPrivateRepository(env: NodeJS.ProcessEnv): boolean {
  const payload = readPayload(env['GITHUB_EVENT_PATH'] ?? '')
  const visibility = at(payload, 'repository', 'visibility')
  if (typeof visibility === 'string') return visibility === 'private' || visibility === 'internal'
  return at(payload, 'repository', 'private') === true
}

function readPayload(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined // The parser's message quotes the payload, and the system's message quotes the path.
  }
}

function at(json: unknown, ...path: readonly string[]): unknown {
  return path.reduce(
    (value, name) =>
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined,
    json,
  )
}

/** Whether GraphQL accepts the value as a positive Int. */
function isNumber(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) > 0 && Number(value) < 2 ** 31
}

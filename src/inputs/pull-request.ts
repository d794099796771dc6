import { readFileSync } from 'node:fs'

/** The pull request that a run is for. */
export interface PullRequest {
  /** Who the repository that it asks to be merged into belongs to, and its name. */
  readonly owner: string
  readonly repo: string
  readonly number: number
  /** Whether its branch is in another repository: GitHub then keeps secrets, variables and the right to write back. */
  readonly fromFork: boolean
  /** Whether Dependabot has started the run: GitHub then gives it the secrets of Dependabot alone. */
  readonly fromDependabot: boolean
}

/** The pull request, or why the run is for none, as the end of a sentence. */
export type PullRequestEvent = PullRequest | { readonly none: string }

/**
 * Finds out which pull request the run is for, from what the runner says of the event.
 *
 * `pull_request_target` does not count: it runs with secrets, and what it checks out is often somebody else's.
 */
export function readPullRequest(env: NodeJS.ProcessEnv): PullRequestEvent {
  const event = env['GITHUB_EVENT_NAME'] ?? ''
  if (event !== 'pull_request') {
    return { none: `the event is ${/^\w{1,40}$/.test(event) ? event : 'another one'}, and not pull_request` }
  }
  const [, owner, repo] = /^([\w.-]+)\/([\w.-]+)$/.exec(env['GITHUB_REPOSITORY'] ?? '') ?? []
  const payload = readPayload(env['GITHUB_EVENT_PATH'] ?? '')
  const number = at(payload, 'pull_request', 'number')
  const base = at(payload, 'pull_request', 'base', 'repo', 'full_name')
  if (owner === undefined || repo === undefined || !isNumber(number) || typeof base !== 'string') {
    return {
      none: 'the runner does not say which it is: check GITHUB_EVENT_PATH and GITHUB_REPOSITORY of the step',
    }
  }
  return {
    owner,
    repo,
    number,
    // Not `head.repo.fork`: a repository that is a fork itself has pull requests of its own. A fork that has been
    // deleted is null.
    fromFork: at(payload, 'pull_request', 'head', 'repo', 'full_name') !== base,
    // Not who opened it: what somebody else pushes to its branch is run with that person's rights.
    fromDependabot: env['GITHUB_ACTOR'] === 'dependabot[bot]',
  }
}

function readPayload(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined // The parser's message quotes the payload, and the system's the path.
  }
}

function at(json: unknown, ...path: readonly string[]): unknown {
  return path.reduce(
    (value, name) =>
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined,
    json,
  )
}

/** What GraphQL takes for an Int. */
function isNumber(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) > 0 && Number(value) < 2 ** 31
}

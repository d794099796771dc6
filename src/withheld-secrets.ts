import type { Fault } from './fault.js'
import type { PullRequest, PullRequestReading } from './pull-request.js'

/** What is asked before a run with faults is called one that could not have gone better. */
export interface FaultyRun {
  readonly dryRun: boolean
  readonly pullRequest: PullRequestReading
  readonly faults: readonly Fault[]
}

/**
 * The pull request whose secrets GitHub itself has kept from this run: of a fork or of Dependabot, in a dry run, where
 * every fault is the lack of what GitHub gives no such run. Then nobody has made a mistake, and the step is no failure.
 * Undefined for every other run with faults.
 */
export function pullRequestWithoutSecrets({
  dryRun,
  pullRequest,
  faults,
}: FaultyRun): PullRequest | undefined {
  if (!dryRun || 'none' in pullRequest) return undefined
  if (!pullRequest.fromFork && !pullRequest.fromDependabot) return undefined
  return faults.length > 0 && faults.every(({ cause }) => cause === 'not-visible') ? pullRequest : undefined
}

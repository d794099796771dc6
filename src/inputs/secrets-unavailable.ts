import type { InputError } from '../secrets/input-error.js'
import type { PullRequest, PullRequestEvent } from './pull-request.js'

/** What is asked before a run with faults is called one that could not have gone better. */
export interface RunWithInputErrors {
  readonly dryRun: boolean
  readonly pullRequest: PullRequestEvent
  readonly errors: readonly InputError[]
}

/**
 * The pull request whose secrets GitHub itself has kept from this run: of a fork or of Dependabot, in a dry run, where
 * every fault is the lack of what GitHub gives no such run. Then nobody has made a mistake, and the step is no failure.
 * Undefined for every other run with faults.
 */
export function pullRequestWithoutSecrets({
  dryRun,
  pullRequest,
  errors,
}: RunWithInputErrors): PullRequest | undefined {
  if (!dryRun || 'none' in pullRequest) return undefined
  if (!pullRequest.fromFork && !pullRequest.fromDependabot) return undefined
  return errors.length > 0 && errors.every(({ cause }) => cause === 'not-visible') ? pullRequest : undefined
}

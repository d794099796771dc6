import type { InputError } from '../secrets/input-error.js'
import type { PullRequest, PullRequestEvent } from './pull-request.js'

/** A run that ends because of input errors. */
export interface RunWithInputErrors {
  readonly dryRun: boolean
  readonly pullRequest: PullRequestEvent
  readonly errors: readonly InputError[]
}

/**
 * The pull request, if all input errors have one reason: GitHub gives the run no secrets. That is a dry run for a fork or
 * by Dependabot, where each error may come from a secret or variable that is not visible. Nobody made a mistake, so the
 * step does not fail. Undefined for every other run with input errors.
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

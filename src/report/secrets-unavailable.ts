import { notice } from '@actions/core'

import type { PullRequest } from '../inputs/pull-request.js'

/** Writes a notice that GitHub gave this run no secrets, so it did nothing. */
export function logSecretsUnavailable(pullRequest: PullRequest): void {
  notice(`Nothing was compared with the workspace, and no request was made. ${explain(pullRequest)}`)
}

/** Renders the same for the job summary, in GitHub-flavoured Markdown. */
export function renderSecretsUnavailable(pullRequest: PullRequest): string {
  return `### Databricks secrets: nothing to compare with\n\n${explain(pullRequest)}`
}

function explain({ fromFork }: PullRequest): string {
  return fromFork
    ? 'The pull request is from a fork, and GitHub gives such a run no secrets. For a dry run, push its branch to this repository.'
    : 'Dependabot started this run, and GitHub gives it only the secrets of Dependabot. For a dry run, add the secrets there (Settings, Secrets and variables, Dependabot).'
}

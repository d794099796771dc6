import { notice } from '@actions/core'

import type { PullRequest } from '../inputs/pull-request.js'

/** Says that GitHub has kept the secrets from this run, and that nothing was done, in a notice. */
export function logSecretsUnavailable(pullRequest: PullRequest): void {
  notice(`Nothing was compared with the workspace, and no request was made. ${explain(pullRequest)}`)
}

/** Says the same in GitHub-flavoured Markdown. */
export function renderSecretsUnavailable(pullRequest: PullRequest): string {
  return `### ⚪ Databricks secrets: nothing to compare with\n\n${explain(pullRequest)}`
}

function explain({ fromFork }: PullRequest): string {
  return fromFork
    ? 'The pull request is from a fork, and GitHub gives such a run no secrets. For a dry run, bring its branch into this repository.'
    : 'Dependabot has started this run, and GitHub gives it the secrets of Dependabot alone. For a dry run, add what it needs there (Settings, Secrets and variables, Dependabot).'
}

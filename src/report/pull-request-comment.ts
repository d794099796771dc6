import { error, getInput, info, notice } from '@actions/core'

import type { WorkspaceHost } from '../databricks/host.js'
import { HttpTransport } from '../databricks/http/http-transport.js'
import type { PullRequest, PullRequestEvent } from '../inputs/pull-request.js'
import type { SecretValue } from '../secret-value.js'
import type { Redactor } from '../secrets/masks/redactor.js'
import { commentMarker, renderComment } from './comment-body.js'
import { GitHubError, type GitHubErrorDetails } from './github-graphql.js'
import { upsertComment } from './upsert-comment.js'

/** What the comment on a pull request is about, and what it takes to write it. */
export interface PullRequestCommentContext {
  readonly env: NodeJS.ProcessEnv
  readonly dryRun: boolean
  readonly pullRequest: PullRequestEvent
  readonly token: SecretValue
  readonly host: WorkspaceHost
  /** The scope as the workflow names it. */
  readonly scope: string
  readonly redactor: Redactor
  /** Ends the requests when it fires. */
  readonly cancelled: AbortSignal
}

/**
 * Keeps the comment of a dry run for a pull request up to date, and tells of it in the log. For any other run there is
 * nothing to do: the same workflow runs on push.
 *
 * @param markdown What the comment is to say.
 * @returns False when the step has to be red, and the log says why.
 */
export async function commentOnPullRequest(
  markdown: string,
  context: PullRequestCommentContext,
): Promise<boolean> {
  const { env, dryRun, pullRequest, token, redactor, cancelled } = context
  if (!dryRun) {
    info('Comment    none, since this is no dry run')
    return true
  }
  if ('none' in pullRequest) {
    info(`Comment    none, since ${pullRequest.none}`)
    return true
  }
  const graphqlUrl = env['GITHUB_GRAPHQL_URL'] ?? 'https://api.github.com/graphql'
  const marker = commentMarker(identityOf(context))
  const http = new HttpTransport(cancelled)
  try {
    const body = renderComment(marker, markdown, redactor)
    const outcome = await upsertComment(marker, body, { pullRequest, graphqlUrl, token, http })
    info(`Comment    ${outcome} on pull request #${pullRequest.number}`)
    return true
  } catch (failure) {
    if (!(failure instanceof GitHubError)) throw failure
    if (isForbidden(failure.details) && mayNotWrite(pullRequest)) {
      notice(NO_RIGHT_TO_GIVE)
      return true
    }
    error(
      `The comment on pull request #${pullRequest.number} could not be written. ${explain(failure, redactor)}`,
    )
    return false
  } finally {
    http.close()
  }
}

/**
 * What is the same in each run, and differs between comments: the target, and who writes to it. Steps of a job, and jobs
 * of a matrix, which GitHub gives the same name, can write different keys of the same scope.
 */
function identityOf({ env, host, scope }: PullRequestCommentContext): string[] {
  const step = ['GITHUB_WORKFLOW', 'GITHUB_JOB', 'GITHUB_ACTION'].map((name) => env[name] ?? '')
  return [
    host.origin,
    host.workspaceId ?? '',
    scope.toLowerCase(),
    getInput('key-prefix').toLowerCase(),
    ...step,
  ]
}

/** Whether GitHub gives the run a token that may only read, whatever the workflow says or unless it says more. */
function mayNotWrite({ fromFork, fromDependabot }: PullRequest): boolean {
  return fromFork || fromDependabot
}

const NO_RIGHT_TO_GIVE =
  'The plan is not in a comment: for pull requests from forks and of Dependabot, GitHub gives a token that only reads.'

/** With 403, too, GitHub refuses a token that asks too often: that passes. */
function isForbidden({ status, type, passing }: GitHubErrorDetails): boolean {
  return !passing && (type === 'FORBIDDEN' || status === 403)
}

/** What went wrong and what to change, in our own words but for the error's name, which may be the token it was sent. */
function explain({ details }: GitHubError, redactor: Redactor): string {
  const { status, type } = details
  if (status === undefined) {
    return 'GitHub did not answer. Check that this runner may reach it (firewall, proxy).'
  }
  const what = `GitHub refused it (${[type && redactor.redact(type), `HTTP ${status}`].filter(Boolean).join(', ')}).`
  if (details.passing) return `${what} This is temporary: run the job again in a few minutes.`
  if (isForbidden(details)) {
    return (
      `${what} Give the job \`permissions: { contents: read, pull-requests: write }\`, and \`id-token: write\` beside ` +
      'them if it signs in with it. A token of your own in github-token needs the same permission.'
    )
  }
  if (status === 401) return `${what} Check github-token: it may have expired or been revoked.`
  if (type === 'NOT_FOUND') return `${what} Check that the token in github-token may read this repository.`
  if (type === 'UNPROCESSABLE') return `${what} The conversation of the pull request may be locked.`
  return `${what} Check that GITHUB_GRAPHQL_URL is the address of GitHub, and that no proxy answers in its place.`
}

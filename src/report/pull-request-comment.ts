import { debug, error, getInput, info, notice } from '@actions/core'

import type { WorkspaceHost } from '../databricks/host.js'
import { HttpTransport } from '../databricks/http/http-transport.js'
import type { PullRequest, PullRequestEvent } from '../inputs/pull-request.js'
import type { SecretValue } from '../secret-value.js'
import type { Redactor } from '../secrets/masks/redactor.js'
import { commentMarker, renderComment } from './comment-body.js'
import { GitHubError, type GitHubErrorDetails } from './github-graphql.js'
import { alert } from './markdown.js'
import { writeSummary } from './summary.js'
import { renderLinks, troubleshootingLink, withLink } from './troubleshooting-link.js'
import { labelled } from './wording.js'
import { upsertComment } from './upsert-comment.js'

/** What is needed to write the comment on a pull request. */
export interface PullRequestCommentContext {
  readonly env: NodeJS.ProcessEnv
  readonly dryRun: boolean
  readonly pullRequest: PullRequestEvent
  readonly token: SecretValue
  readonly host: WorkspaceHost
  /**
   * What distinguishes this comment from those of other runs of the same step: the name of the only target, or for a config
   * file its path and its variables. So the comment stays the same if targets are added, removed or reordered.
   */
  readonly commentKey: readonly string[]
  readonly redactor: Redactor
  /** Ends the requests when it is aborted. */
  readonly cancelled: AbortSignal
  /** Whether to write an error to the job summary. */
  readonly summary: boolean
  /** Whether another error of this run has a link: a run has one. */
  readonly hasLink: boolean
}

/**
 * Updates the comment of a dry run on a pull request, and logs it. Does nothing in other runs, so that the same workflow can
 * run on push.
 *
 * @param markdown The content of the comment.
 * @returns False if the step must fail. The log has the reason.
 */
export async function commentOnPullRequest(
  markdown: string,
  context: PullRequestCommentContext,
): Promise<boolean> {
  const { env, dryRun, pullRequest, token, redactor, cancelled, summary, hasLink } = context
  if (!dryRun) {
    debug('No comment, because this is not a dry run.')
    return true
  }
  if ('none' in pullRequest) {
    debug(`No comment, because ${pullRequest.none}.`)
    return true
  }
  const graphqlUrl = env['GITHUB_GRAPHQL_URL'] ?? 'https://api.github.com/graphql'
  const marker = commentMarker(markerParts(context))
  const http = new HttpTransport(cancelled)
  try {
    // If a later run crashes, this comment stays. GitHub makes a link of the commit.
    const { commit } = pullRequest
    const plan = commit === undefined ? markdown : `${markdown.trimEnd()}\n\nFor commit ${commit}.`
    const body = renderComment(marker, plan, redactor)
    const outcome = await upsertComment(marker, body, { pullRequest, graphqlUrl, token, http })
    info(labelled('Comment', `${outcome} on pull request #${pullRequest.number}`))
    return true
  } catch (failure) {
    if (!(failure instanceof GitHubError)) throw failure
    if (isForbidden(failure.details) && hasReadOnlyToken(pullRequest)) {
      notice(READ_ONLY_TOKEN)
      return true
    }
    const message = `The comment on pull request #${pullRequest.number} could not be written. ${explain(failure, redactor)}`
    const link = hasLink ? undefined : troubleshootingLink('comment', env, redactor)
    error(withLink(message, link))
    if (summary) {
      const links = link === undefined ? [] : [renderLinks([link])]
      await writeSummary([alert('CAUTION', message), ...links].join('\n\n'))
    }
    return false
  } finally {
    http.close()
  }
}

/**
 * What identifies a comment in every run: the target or the config file, and the step that writes to it. Steps of a job, and jobs of a matrix
 * (which have the same name), can write different keys of the same scope.
 */
function markerParts({ env, host, commentKey }: PullRequestCommentContext): string[] {
  const step = ['GITHUB_WORKFLOW', 'GITHUB_JOB', 'GITHUB_ACTION'].map((name) => env[name] ?? '')
  return [
    host.origin,
    host.workspaceId ?? '',
    ...commentKey.map((part) => part.toLowerCase()),
    getInput('key-prefix').toLowerCase(),
    ...step,
  ]
}

/** Whether GitHub may give this run a read-only token. */
function hasReadOnlyToken({ fromFork, fromDependabot }: PullRequest): boolean {
  return fromFork || fromDependabot
}

const READ_ONLY_TOKEN =
  'The plan is not in a comment: for pull requests from forks and from Dependabot, GitHub gives a read-only token.'

/** Whether a permission is missing. GitHub also answers 403 for its rate limit, which is a transient error. */
function isForbidden({ status, type, isTransient }: GitHubErrorDetails): boolean {
  return !isTransient && (type === 'FORBIDDEN' || status === 403)
}

/** Explains what went wrong and what to change. The type of the error is untrusted text. */
function explain({ details }: GitHubError, redactor: Redactor): string {
  const { status, type } = details
  if (status === undefined) {
    return 'GitHub did not answer. Check that this runner can reach it (firewall, proxy).'
  }
  const what = `GitHub refused it (${[type && redactor.redact(type), `HTTP ${status}`].filter(Boolean).join(', ')}).`
  if (details.isTransient) return `${what} This is temporary: run the job again in a few minutes.`
  if (isForbidden(details)) {
    return (
      `${what} Give the job the permissions contents: read and pull-requests: write, and id-token: write if it signs in ` +
      'with it. A token of your own in github-token needs the same permission.'
    )
  }
  if (status === 401) return `${what} Check github-token: it may have expired or been revoked.`
  if (type === 'NOT_FOUND') return `${what} Check that the token in github-token can read this repository.`
  if (type === 'UNPROCESSABLE')
    return `${what} The conversation of the pull request may be locked: unlock it, or set pr-comment: false.`
  return `${what} Check that GITHUB_GRAPHQL_URL is the address of GitHub, and that no proxy answers in its place.`
}

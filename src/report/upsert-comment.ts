import type { HttpTransport } from '../databricks/http/http-transport.js'
import type { JsonObject } from '../databricks/response.js'
import type { PullRequest } from '../inputs/pull-request.js'
import type { SecretValue } from '../secret-value.js'
import { GitHubError, isObject, openGitHub, type QueryGitHub } from './github-graphql.js'

/** Where the comment is written. */
export interface CommentTarget {
  readonly pullRequest: PullRequest
  /** The address of the GraphQL API. */
  readonly graphqlUrl: string
  readonly token: SecretValue
  /** Sends the requests. */
  readonly http: HttpTransport
}

/** The outcome for the comment. */
export type CommentOutcome = 'created' | 'updated' | 'unchanged'

/** How often a request is tried if errors are transient. */
const MAX_ATTEMPTS = 4

/** The first wait between two attempts, in ms. Each wait is three times as long as the one before. */
const FIRST_WAIT_MS = 1_000

/** If GitHub asks for a longer wait, in ms, the action gives up. */
const MAX_WAIT_MS = 60_000

/** Comments per page: few enough for the maximum response size. */
const PAGE = 25

/** The most pages that are read. GitHub allows 2,500 comments on a pull request. */
const MAX_PAGES = 100

/** Asks GitHub which comments this token wrote: everyone can copy the marker, and not every token knows its user. */
const FIND = `query ($owner: String!, $repo: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $repo) {
    pullRequest(number: $number) {
      id
      comments(first: ${PAGE}, after: $after) {
        nodes { id body viewerDidAuthor }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
}`

const CREATE = `mutation ($id: ID!, $body: String!) {
  addComment(input: { subjectId: $id, body: $body }) { commentEdge { node { id } } }
}`

const UPDATE = `mutation ($id: ID!, $body: String!) {
  updateIssueComment(input: { id: $id, body: $body }) { issueComment { id } }
}`

const DELETE = `mutation ($id: ID!) {
  deleteIssueComment(input: { id: $id }) { clientMutationId }
}`

/**
 * Keeps one comment on the pull request: creates it, or updates the oldest own comment that starts with the marker. Other own
 * comments with the marker are deleted: two runs at the same time can create two.
 *
 * @param body The whole comment, starting with the marker.
 * @throws {GitHubError} if a request fails. Transient errors are tried four times, over 13 seconds or as GitHub asks.
 */
export async function upsertComment(
  marker: string,
  body: string,
  target: CommentTarget,
): Promise<CommentOutcome> {
  const query = await openGitHub(target.http, target.graphqlUrl, target.token)
  let backoffMs = FIRST_WAIT_MS
  for (let attempt = 1; ; attempt++) {
    try {
      // From the start each time: a comment may exist although its creation failed.
      return await upsertOnce(query, marker, body, target.pullRequest)
    } catch (error) {
      const { isTransient, waitMs = backoffMs } =
        error instanceof GitHubError ? error.details : { isTransient: false }
      if (!isTransient || attempt === MAX_ATTEMPTS || waitMs > MAX_WAIT_MS) throw error
      await new Promise((resolve) => setTimeout(resolve, waitMs))
      backoffMs *= 3
    }
  }
}

async function upsertOnce(
  query: QueryGitHub,
  marker: string,
  body: string,
  pullRequest: PullRequest,
): Promise<CommentOutcome> {
  const { subject, comments } = await find(query, marker, pullRequest)
  if (comments.length > 0) return await keepOldest(query, comments, body)
  const { addComment } = await query(CREATE, { id: subject, body })
  const { node } = objectIn(objectIn({ addComment }, 'addComment'), 'commentEdge')
  const created = textIn(objectIn({ node }, 'node'), 'id')
  // Another run may have created one at the same time, and may already have deleted this one.
  const after = await find(query, marker, pullRequest)
  const isAlone = after.comments.every(({ id }) => id === created)
  return isAlone ? 'created' : await keepOldest(query, after.comments, body)
}

/** Keeps the oldest comment. All runs choose the same one, so one is left in the end. */
async function keepOldest(
  query: QueryGitHub,
  [oldest, ...others]: readonly OwnComment[],
  body: string,
): Promise<CommentOutcome> {
  const isCurrent = oldest === undefined || normal(oldest.body) === normal(body)
  try {
    if (!isCurrent) await query(UPDATE, { id: oldest.id, body })
  } catch (error) {
    // Deleted since it was found, so the comments are read again.
    throw isGone(error) ? new GitHubError({ ...error.details, isTransient: true, waitMs: 0 }) : error
  }
  for (const { id } of others) {
    try {
      await query(DELETE, { id })
    } catch (error) {
      if (!isGone(error)) throw error
    }
  }
  return isCurrent ? 'unchanged' : 'updated'
}

function isGone(error: unknown): error is GitHubError {
  return error instanceof GitHubError && error.details.type === 'NOT_FOUND'
}

interface OwnComment {
  readonly id: string
  readonly body: string
}

/** Finds the own comments, oldest first. `subject` is the id of the pull request. */
async function find(
  query: QueryGitHub,
  marker: string,
  { owner, repo, number }: PullRequest,
): Promise<{ subject: string; comments: OwnComment[] }> {
  const comments: OwnComment[] = []
  let after: string | null = null
  for (let page = 0; page < MAX_PAGES; page++) {
    const { repository } = await query(FIND, { owner, repo, number, after })
    const pullRequest = objectIn(objectIn({ repository }, 'repository'), 'pullRequest')
    const { nodes, pageInfo } = objectIn(pullRequest, 'comments')
    // If this counted as a page without comments, each run would write a new comment.
    if (!Array.isArray(nodes)) throw new GitHubError({ status: 200, isTransient: false })
    comments.push(
      ...nodes.filter(
        (node: unknown): node is OwnComment =>
          isObject(node) &&
          node['viewerDidAuthor'] === true &&
          typeof node['id'] === 'string' &&
          typeof node['body'] === 'string' &&
          // At the start: a comment of another action may quote it.
          node['body'].startsWith(marker),
      ),
    )
    const { hasNextPage, endCursor } = objectIn({ pageInfo }, 'pageInfo')
    if (hasNextPage !== true) return { subject: textIn(pullRequest, 'id'), comments }
    after = textIn({ endCursor }, 'endCursor')
  }
  throw new GitHubError({ status: 200, isTransient: false })
}

/** The text with the same line ends as ours: GitHub stores CRLF if a person edited a comment. */
function normal(body: string): string {
  return body.replaceAll('\r\n', '\n').trimEnd()
}

function objectIn(json: JsonObject, field: string): JsonObject {
  const value = json[field]
  if (!isObject(value)) throw new GitHubError({ status: 200, isTransient: false })
  return value
}

function textIn(json: JsonObject, field: string): string {
  const value = json[field]
  if (typeof value !== 'string') throw new GitHubError({ status: 200, isTransient: false })
  return value
}

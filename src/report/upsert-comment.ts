import type { HttpTransport } from '../databricks/http/http-transport.js'
import type { PullRequest } from '../inputs/pull-request.js'
import type { SecretValue } from '../secret-value.js'
import { GitHubError, isObject, openGitHub, type QueryGitHub, type JsonObject } from './github-graphql.js'

/** Where the comment goes, and with what. */
export interface CommentTarget {
  readonly pullRequest: PullRequest
  /** GitHub's GraphQL API. */
  readonly graphqlUrl: string
  readonly token: SecretValue
  /** Sends the requests. */
  readonly http: HttpTransport
}

/** What became of the comment. */
export type CommentOutcome = 'created' | 'updated' | 'unchanged'

/** A passing fault of GitHub is met as many times, and not once more. */
const MAX_ATTEMPTS = 4

/** The first wait between two attempts, in ms; each is three times as long as the one before. */
const FIRST_WAIT_MS = 1_000

/** Whoever asks us to wait longer, in ms, is not waited for. */
const MAX_WAIT_MS = 60_000

/** Comments a page: few enough for the bound on the size of an answer. */
const PAGE = 25

/** GitHub takes 2,500 comments on a pull request; an answer that never ends is none. */
const MAX_PAGES = 100

/** It asks GitHub itself which comments are ours: anybody can write our marker, and a token cannot always say who it is. */
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
 * Keeps one comment on the pull request: creates it, or changes the oldest that begins with the marker and is ours, if it
 * says something else. Others like it, which two runs at the same moment have created, are deleted.
 *
 * @param body The whole comment, the marker at its start.
 * @throws {GitHubError} when that is not possible; a passing fault is met four times, over 13 seconds or as GitHub wants
 */
export async function upsertComment(
  marker: string,
  body: string,
  target: CommentTarget,
): Promise<CommentOutcome> {
  const ask = await openGitHub(target.http, target.graphqlUrl, target.token)
  let backoffMs = FIRST_WAIT_MS
  for (let attempt = 1; ; attempt++) {
    try {
      // From the start each time: a comment whose creation was answered with an error may be there.
      return await keepOnce(ask, marker, body, target.pullRequest)
    } catch (error) {
      const { passing, waitMs = backoffMs } =
        error instanceof GitHubError ? error.details : { passing: false }
      if (!passing || attempt === MAX_ATTEMPTS || waitMs > MAX_WAIT_MS) throw error
      await new Promise((resolve) => setTimeout(resolve, waitMs))
      backoffMs *= 3
    }
  }
}

async function keepOnce(
  ask: QueryGitHub,
  marker: string,
  body: string,
  pullRequest: PullRequest,
): Promise<CommentOutcome> {
  const { subject, comments } = await find(ask, marker, pullRequest)
  if (comments.length > 0) return await keepOldest(ask, comments, body)
  const { addComment } = await ask(CREATE, { id: subject, body })
  const { node } = objectIn(objectIn({ addComment }, 'addComment'), 'commentEdge')
  const created = textIn(objectIn({ node }, 'node'), 'id')
  // Another run may have created one at the same moment, and have deleted this one already.
  const after = await find(ask, marker, pullRequest)
  const isAlone = after.comments.every(({ id }) => id === created)
  return isAlone ? 'created' : await keepOldest(ask, after.comments, body)
}

/** All runs keep the same one of several, so that one is left whichever run comes last. */
async function keepOldest(
  ask: QueryGitHub,
  [oldest, ...others]: readonly OwnComment[],
  body: string,
): Promise<CommentOutcome> {
  const isCurrent = oldest === undefined || normal(oldest.body) === normal(body)
  try {
    if (!isCurrent) await ask(UPDATE, { id: oldest.id, body })
  } catch (error) {
    // Somebody has deleted it since it was found: what there is now is looked for again.
    throw isGone(error) ? new GitHubError({ ...error.details, passing: true, waitMs: 0 }) : error
  }
  for (const { id } of others) {
    try {
      await ask(DELETE, { id })
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

/** Goes through the comments for all that are ours, the oldest first; `subject` is what a new one belongs to. */
async function find(
  ask: QueryGitHub,
  marker: string,
  { owner, repo, number }: PullRequest,
): Promise<{ subject: string; comments: OwnComment[] }> {
  const comments: OwnComment[] = []
  let after: string | null = null
  for (let page = 0; page < MAX_PAGES; page++) {
    const { repository } = await ask(FIND, { owner, repo, number, after })
    const pullRequest = objectIn(objectIn({ repository }, 'repository'), 'pullRequest')
    const { nodes, pageInfo } = objectIn(pullRequest, 'comments')
    // Who took this for a page without comments would write a new one with each run.
    if (!Array.isArray(nodes)) throw new GitHubError({ status: 200, passing: false })
    comments.push(
      ...nodes.filter(
        (node: unknown): node is OwnComment =>
          isObject(node) &&
          node['viewerDidAuthor'] === true &&
          typeof node['id'] === 'string' &&
          typeof node['body'] === 'string' &&
          // At its start: another action that comments as we do might quote it.
          node['body'].startsWith(marker),
      ),
    )
    const { hasNextPage, endCursor } = objectIn({ pageInfo }, 'pageInfo')
    if (hasNextPage !== true) return { subject: textIn(pullRequest, 'id'), comments }
    after = textIn({ endCursor }, 'endCursor')
  }
  throw new GitHubError({ status: 200, passing: false })
}

/** GitHub has other line ends than we in what a person has edited. */
function normal(body: string): string {
  return body.replaceAll('\r\n', '\n').trimEnd()
}

function objectIn(json: JsonObject, field: string): JsonObject {
  const value = json[field]
  if (!isObject(value)) throw new GitHubError({ status: 200, passing: false })
  return value
}

function textIn(json: JsonObject, field: string): string {
  const value = json[field]
  if (typeof value !== 'string') throw new GitHubError({ status: 200, passing: false })
  return value
}

import { GraphQLError, graphqlSync, type GraphQLFormattedError } from 'graphql'
import { COMMENTS_SCHEMA, type Roots } from './github-schema.js'
import { LoopbackServer, type Interceptor } from './loopback-server.js'
import { plainJson, text, type Reply } from './reply.js'
import type { RequestLog, RequestRecord } from './request-log.js'

/** The account of a GitHub token. */
export interface GitHubAccount {
  /** Such as `github-actions[bot]`. */
  readonly login: string
  /** The token's permission on pull requests. With `none` it does not see the repository. */
  readonly access: 'write' | 'read' | 'none'
}

/** Options of the emulated GitHub. */
export interface GitHubApiOptions {
  /** Accounts by token. */
  readonly accounts: Readonly<Record<string, GitHubAccount>>
  /** `<owner>/<name>`. Default: `owner/repo`. */
  readonly repository?: string
  /** The numbers of its pull requests. Default: 7. */
  readonly pullRequests?: readonly number[]
  /** True for the paths of GitHub Enterprise Server. */
  readonly enterprise?: boolean
}

/** A comment on a pull request. */
export interface IssueComment {
  /** Its node id. */
  readonly id: string
  readonly author: string
  body: string
}

/** GitHub's limit for a comment, in characters. */
const MAX_BODY_LENGTH = 65_536

/** The maximum number of nodes that a query may request from a connection. */
const MAX_PAGE = 100

/**
 * GitHub's GraphQL API for the comments on pull requests of one repository.
 *
 * The schema is an excerpt of GitHub's public one, and graphql-js validates queries: it rejects an unknown field. Texts and
 * types of errors are GitHub's if they are known. As on GitHub, an account with write access can change the comments of
 * others.
 */
export class EmulatedGitHubApi {
  readonly #accounts: Readonly<Record<string, GitHubAccount>>
  readonly #repository: string
  readonly #path: string
  readonly #enterprise: boolean
  readonly #comments: ReadonlyMap<number, IssueComment[]>
  readonly #server = new LoopbackServer((request) => () => this.#answer(request))
  #lastId = 0

  private constructor({
    accounts,
    repository = 'owner/repo',
    pullRequests = [7],
    enterprise = false,
  }: GitHubApiOptions) {
    this.#accounts = accounts
    this.#repository = repository
    this.#enterprise = enterprise
    this.#path = enterprise ? '/api/graphql' : '/graphql'
    this.#comments = new Map(pullRequests.map((number) => [number, []]))
  }

  /** Starts it on a free port on 127.0.0.1. */
  static async start(options: GitHubApiOptions): Promise<EmulatedGitHubApi> {
    const github = new EmulatedGitHubApi(options)
    await github.#server.listen()
    return github
  }

  /** `http://127.0.0.1:<port>`, without a trailing slash. */
  get url(): string {
    return this.#server.url
  }

  /** The variables that the runner sets for it. */
  get variables(): Record<'GITHUB_API_URL' | 'GITHUB_GRAPHQL_URL' | 'GITHUB_REPOSITORY', string> {
    return {
      GITHUB_API_URL: this.#enterprise ? `${this.url}/api/v3` : this.url,
      GITHUB_GRAPHQL_URL: this.url + this.#path,
      GITHUB_REPOSITORY: this.#repository,
    }
  }

  /** All requests so far. */
  get requests(): RequestLog {
    return this.#server.requests
  }

  /** Adds an interceptor after the existing ones. Returns a function that removes it. */
  intercept(interceptor: Interceptor): () => void {
    return this.#server.intercept(interceptor)
  }

  /**
   * Returns the comments on a pull request, oldest first. Tests may change them.
   *
   * @throws Error if the pull request does not exist
   */
  comments(pullRequest = 7): readonly IssueComment[] {
    return this.#commentsOf(pullRequest)
  }

  /** Deletes all comments. */
  deleteComments(pullRequest = 7): void {
    this.#commentsOf(pullRequest).length = 0
  }

  /** Adds a comment of any author. */
  comment(author: string, body: string, pullRequest = 7): IssueComment {
    const comment = { id: `IC_fake${++this.#lastId}`, author, body }
    this.#commentsOf(pullRequest).push(comment)
    return comment
  }

  /**
   * Stops listening and closes every connection.
   *
   * @throws AggregateError with the errors of interceptors
   */
  async close(): Promise<void> {
    await this.#server.close()
  }

  #commentsOf(pullRequest: number): IssueComment[] {
    const comments = this.#comments.get(pullRequest)
    if (comments === undefined) throw new Error(`There is no pull request ${pullRequest}.`)
    return comments
  }

  #answer({ method, path, headers, body }: RequestRecord): Reply {
    if (method !== 'POST' || path !== this.#path) return plainJson(404, { message: 'Not Found' })
    if (headers['user-agent'] === undefined) return text(403, 'Request forbidden by administrative rules.')
    const [, token = ''] = /^(?:bearer|token) (.*)$/i.exec(headers.authorization ?? '') ?? []
    const account = Object.hasOwn(this.#accounts, token) ? this.#accounts[token] : undefined
    if (account === undefined) return plainJson(401, { message: 'Bad credentials', status: '401' })
    const { query, variables } = (body ?? {}) as { query?: unknown; variables?: Record<string, unknown> }
    if (typeof query !== 'string') return plainJson(400, { message: 'Problems parsing JSON' })
    const { data, errors } = graphqlSync({
      schema: COMMENTS_SCHEMA,
      source: query,
      rootValue: this.#rootsFor(account),
      ...(variables !== undefined && { variableValues: variables }),
    })
    return plainJson(200, { data, ...(errors !== undefined && { errors: errors.map(likeGitHub) }) })
  }

  #rootsFor(account: GitHubAccount): Roots {
    return {
      repository: ({ owner, name }) => {
        if (`${owner}/${name}` !== this.#repository || account.access === 'none') {
          throw refusal('NOT_FOUND', `Could not resolve to a Repository with the name '${owner}/${name}'.`)
        }
        return { pullRequest: ({ number }: { number: number }) => this.#pullRequest(number, account) }
      },
      addComment: ({ input: { subjectId, body } }) => {
        const number =
          [...this.#comments.keys()].find((each) => pullRequestId(each) === subjectId) ?? noNode(subjectId)
        checkWrite(account, body)
        return { commentEdge: { node: shown(this.comment(account.login, body, number), account) } }
      },
      updateIssueComment: ({ input: { id, body } }) => {
        const comment = [...this.#comments.values()].flat().find((each) => each.id === id) ?? noNode(id)
        checkWrite(account, body)
        comment.body = body
        return { issueComment: shown(comment, account) }
      },
      deleteIssueComment: ({ input: { id } }) => {
        const comments =
          [...this.#comments.values()].find((all) => all.some((each) => each.id === id)) ?? noNode(id)
        if (account.access !== 'write') throw refusal('FORBIDDEN', 'Resource not accessible by integration')
        comments.splice(
          comments.findIndex((each) => each.id === id),
          1,
        )
        return { clientMutationId: null }
      },
    }
  }

  #pullRequest(number: number, account: GitHubAccount) {
    const comments = this.#comments.get(number)
    if (comments === undefined) {
      throw refusal('NOT_FOUND', `Could not resolve to a PullRequest with the number of ${number}.`)
    }
    return {
      id: pullRequestId(number),
      number,
      comments: ({ first, after }: { first?: number; after?: string | null }) => {
        if (first === undefined) {
          throw refusal('MISSING_PAGINATION_BOUNDARIES', 'You must provide a `first` or `last` value.')
        }
        if (first > MAX_PAGE) {
          throw refusal('EXCESSIVE_PAGINATION', `Requesting ${first} records exceeds the limit of 100.`)
        }
        const start = comments.findIndex(({ id }) => id === after) + 1
        const nodes = comments.slice(start, start + first)
        return {
          nodes: nodes.map((comment) => shown(comment, account)),
          pageInfo: { endCursor: nodes.at(-1)?.id ?? null, hasNextPage: start + first < comments.length },
        }
      },
    }
  }
}

function pullRequestId(number: number): string {
  return `PR_fake${number}`
}

function shown({ id, author, body }: IssueComment, { login }: GitHubAccount) {
  return { id, body, viewerDidAuthor: author === login }
}

function checkWrite({ access }: GitHubAccount, body: string): void {
  if (access !== 'write') throw refusal('FORBIDDEN', 'Resource not accessible by integration')
  if (body.trim() === '') throw refusal('UNPROCESSABLE', 'Body cannot be blank')
  if (Array.from(body).length > MAX_BODY_LENGTH) {
    throw refusal('UNPROCESSABLE', `Body is too long (maximum is ${MAX_BODY_LENGTH} characters)`)
  }
}

function noNode(id: string): never {
  throw refusal('NOT_FOUND', `Could not resolve to a node with the global id of '${id}'`)
}

function refusal(type: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { type } })
}

/** GitHub adds a type to an error. An error of the query has a code instead. */
function likeGitHub(error: GraphQLError): GraphQLFormattedError & { type?: unknown } {
  const { message, path, locations, extensions } = error.toJSON()
  const { type } = extensions ?? {}
  return {
    ...(type === undefined ? { extensions: { code: 'undefinedField' } } : { type }),
    ...(path !== undefined && { path }),
    ...(locations !== undefined && { locations }),
    message,
  }
}

import { bearerHeader } from '../databricks/auth/bearer-header.js'
import type { HttpTransport } from '../databricks/http/http-transport.js'
import type { SecretValue } from '../secret-value.js'

/**
 * The longest answer that is read, in bytes: 25 comments of 65,536 characters, GitHub's maximum, each of which can take
 * six bytes in JSON.
 */
const MAX_ANSWER_BYTES = 10 * 1024 * 1024

/** A JSON object of which nothing is known yet. */
export type JsonObject = Readonly<Record<string, unknown>>

/** Sends a query or a mutation, and gives back its data. */
export type QueryGitHub = (query: string, variables: JsonObject) => Promise<JsonObject>

/** What is known of a request that GitHub did not answer as it should; none of it is GitHub's own words. */
export interface GitHubErrorDetails {
  /** The HTTP status of the answer; undefined when none came. */
  readonly status?: number
  /** GitHub's name for what is wrong with a query, such as `FORBIDDEN`. */
  readonly type?: string
  /** True when the same request may well succeed later. */
  readonly passing: boolean
  /** How long GitHub wants us to wait before that, in ms. */
  readonly waitMs?: number
}

/** A request to GitHub that came to nothing. There is no `cause`: Octokit's errors hold the request, the token too. */
export class GitHubError extends Error {
  override readonly name = 'GitHubError'
  readonly details: GitHubErrorDetails

  constructor(details: GitHubErrorDetails) {
    super('the request to GitHub failed')
    this.details = details
  }
}

/** What GitHub says, with 403 and not always with `Retry-After`, to a token that asks too often at once (GitHub docs). */
const SECONDARY_LIMIT = 'secondary rate limit'

/** How long to wait then, where GitHub does not say it, in ms (GitHub docs: at least one minute). */
const SECONDARY_LIMIT_WAIT_MS = 60_000

const SILENT = { debug: ignore, info: ignore, warn: ignore, error: ignore }

/**
 * Opens GitHub's GraphQL API through Octokit, which is loaded here and not before: most runs do not need it.
 *
 * @param http Sends the requests, so that proxy, certificates and timeouts are those of all other requests of the run.
 * @returns A function that throws a {@link GitHubError}, and nothing else, if GitHub gives no data.
 */
export async function openGitHub(
  http: HttpTransport,
  graphqlUrl: string,
  token: SecretValue,
): Promise<QueryGitHub> {
  const { GitHub } = await import(/* webpackChunkName: "github" */ '@actions/github/lib/utils')
  const octokit = new GitHub({ log: SILENT, request: { fetch: fetchOver(http), log: SILENT } })
  return async (query, variables) => {
    try {
      const answer = await octokit.request(`POST ${graphqlUrl}`, {
        headers: { authorization: bearerHeader(token) },
        query,
        variables,
      })
      return dataOf(answer)
    } catch (error) {
      throw error instanceof GitHubError ? error : errorOf(error)
    }
  }
}

/** What Octokit gives to its `fetch`, as far as it is used. */
interface FetchOptions {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** The `fetch` that Octokit sends its requests with. */
function fetchOver(http: HttpTransport): (url: string, options: FetchOptions) => Promise<Response> {
  return async (url, { headers, body }) => {
    const answer = await http.send({ method: 'POST', url, headers, body, maxResponseBytes: MAX_ANSWER_BYTES })
    const answered = Object.entries(answer.headers).flatMap(([name, value = []]) =>
      [value].flat().map((each): [string, string] => [name, each]),
    )
    // Some statuses must not have a body.
    return new Response(answer.body === '' ? null : answer.body, {
      status: answer.status,
      headers: answered,
    })
  }
}

function dataOf({ status, data }: { readonly status: number; readonly data: unknown }): JsonObject {
  if (!isObject(data)) {
    // A redirect, which is not followed, or another's page; an answer that was cut looks like that too.
    throw new GitHubError({ status, passing: status === 200 })
  }
  const { errors } = data
  if (Array.isArray(errors) && errors.length > 0) throw refusal(status, errors)
  if (!isObject(data['data'])) throw new GitHubError({ status, passing: false })
  return data['data']
}

/** GitHub answers a query that it refuses with status 200 and a list of what is wrong with it. */
function refusal(status: number, errors: readonly unknown[]): GitHubError {
  const [first] = errors.filter(isObject)
  const type = first?.['type']
  if (typeof type === 'string' && /^[A-Z_]{1,40}$/.test(type)) {
    return new GitHubError({ status, type, passing: type === 'RATE_LIMITED' || type === 'RATE_LIMIT' })
  }
  // A query that GitHub cannot read has a code; one that went wrong on its way, or took too long, has words alone.
  return new GitHubError({ status, passing: first?.['extensions'] === undefined })
}

/** Takes out of an error of Octokit what is fit to be known. One without an answer is of the network. */
function errorOf(error: unknown): GitHubError {
  const { response } = error as {
    response?: { status: number; headers: Record<string, unknown>; data?: unknown }
  }
  if (response === undefined) return new GitHubError({ passing: true })
  const { status, headers, data } = response
  const isSecondaryLimit =
    isObject(data) && typeof data['message'] === 'string' && data['message'].includes(SECONDARY_LIMIT)
  const seconds = /^\d{1,6}$/.exec(String(headers['retry-after']))?.[0]
  return new GitHubError({
    status,
    // With 403, too, GitHub refuses who asks too often; then it says how long to wait, or that nothing is left.
    passing:
      status >= 500 ||
      status === 429 ||
      seconds !== undefined ||
      headers['x-ratelimit-remaining'] === '0' ||
      isSecondaryLimit,
    ...(isSecondaryLimit && { waitMs: SECONDARY_LIMIT_WAIT_MS }),
    ...(seconds !== undefined && { waitMs: Number(seconds) * 1_000 }),
  })
}

/** Whether it is a JSON object. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function ignore(): void {
  // Octokit would write to stderr, which the runner shows ahead of the masks.
}

import { bearerHeader } from '../databricks/auth/bearer-header.js'
import type { HttpTransport } from '../databricks/http/http-transport.js'
import type { JsonObject } from '../databricks/response.js'
import type { SecretValue } from '../secret-value.js'

/**
 * The largest response that is read, in bytes: 25 comments of 65,536 characters (GitHub's maximum), each of which can take
 * six bytes in JSON.
 */
const MAX_RESPONSE_BYTES = 10 * 1024 * 1024

/** The part of Octokit that is used. Its own type is lost, because the build leaves out its methods for the REST API. */
interface Requester {
  readonly request: (
    route: string,
    parameters: JsonObject,
  ) => Promise<{ readonly status: number; readonly data: unknown }>
}

/** Sends a query or a mutation, and returns its data. */
export type QueryGitHub = (query: string, variables: JsonObject) => Promise<JsonObject>

/** What is known of a failed request to GitHub. It contains no message of GitHub. */
export interface GitHubErrorDetails {
  /** The HTTP status of the response; undefined if there was none. */
  readonly status?: number
  /** The type of the error, such as `FORBIDDEN`. */
  readonly type?: string
  /** True if the same request may succeed later. */
  readonly isTransient: boolean
  /** How long GitHub asks to wait before that, in ms. */
  readonly waitMs?: number
}

/** A failed request to GitHub. It has no `cause`, because the errors of Octokit contain the request with the token. */
export class GitHubError extends Error {
  override readonly name = 'GitHubError'
  readonly details: GitHubErrorDetails

  constructor(details: GitHubErrorDetails) {
    super('the request to GitHub failed')
    this.details = details
  }
}

/** A part of GitHub's message for too many requests at once. It has status 403, not always with `Retry-After` (GitHub docs). */
const SECONDARY_LIMIT = 'secondary rate limit'

/** How long to wait then without `Retry-After`, in ms (GitHub docs: at least one minute). */
const SECONDARY_LIMIT_WAIT_MS = 60_000

const NO_LOG = { debug: ignore, info: ignore, warn: ignore, error: ignore }

/**
 * Creates a client for the GraphQL API of GitHub. It loads Octokit on demand, because most runs do not need it.
 *
 * @param http Sends the requests, with the same proxy, certificates and timeouts as all other requests of the run.
 * @returns A function that throws only a {@link GitHubError}, if GitHub returns no data.
 */
export async function openGitHub(
  http: HttpTransport,
  graphqlUrl: string,
  token: SecretValue,
): Promise<QueryGitHub> {
  const { GitHub } = await import(/* webpackChunkName: "github" */ '@actions/github/lib/utils')
  const options = { log: NO_LOG, request: { fetch: fetchOver(http), log: NO_LOG } }
  const octokit = new GitHub(options) as unknown as Requester
  return async (query, variables) => {
    try {
      const response = await octokit.request(`POST ${graphqlUrl}`, {
        headers: { authorization: bearerHeader(token) },
        query,
        variables,
      })
      return dataOf(response)
    } catch (error) {
      throw error instanceof GitHubError ? error : errorOf(error)
    }
  }
}

/** The options that Octokit passes to `fetch` and that are used here. */
interface FetchOptions {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** The `fetch` for the requests of Octokit. */
function fetchOver(http: HttpTransport): (url: string, options: FetchOptions) => Promise<Response> {
  return async (url, { headers, body }) => {
    const response = await http.send({
      method: 'POST',
      url,
      headers,
      body,
      maxResponseBytes: MAX_RESPONSE_BYTES,
    })
    const headerPairs = Object.entries(response.headers).flatMap(([name, value = []]) =>
      [value].flat().map((each): [string, string] => [name, each]),
    )
    // `Response` refuses an empty body for some statuses.
    return new Response(response.body === '' ? null : response.body, {
      status: response.status,
      headers: headerPairs,
    })
  }
}

function dataOf({ status, data }: { readonly status: number; readonly data: unknown }): JsonObject {
  if (!isObject(data)) {
    // A redirect, which is not followed, or an unexpected page. An incomplete response looks the same.
    throw new GitHubError({ status, isTransient: status === 200 })
  }
  const { errors } = data
  if (Array.isArray(errors) && errors.length > 0) throw refusal(status, errors)
  if (!isObject(data['data'])) throw new GitHubError({ status, isTransient: false })
  return data['data']
}

/** The error of a refused query: GitHub returns status 200 and a list of errors. */
function refusal(status: number, errors: readonly unknown[]): GitHubError {
  const [first] = errors.filter(isObject)
  const type = first?.['type']
  if (typeof type === 'string' && /^[A-Z_]{1,40}$/.test(type)) {
    return new GitHubError({ status, type, isTransient: type === 'RATE_LIMITED' || type === 'RATE_LIMIT' })
  }
  // An invalid query has a code in `extensions`. An internal error or a timeout has only a message.
  return new GitHubError({ status, isTransient: first?.['extensions'] === undefined })
}

/** Converts an error of Octokit, without its untrusted parts. An error without a response is a network error. */
function errorOf(error: unknown): GitHubError {
  const { response } = error as {
    response?: { status: number; headers: Record<string, unknown>; data?: unknown }
  }
  if (response === undefined) return new GitHubError({ isTransient: true })
  const { status, headers, data } = response
  const isSecondaryLimit =
    isObject(data) && typeof data['message'] === 'string' && data['message'].includes(SECONDARY_LIMIT)
  const seconds = /^\d{1,6}$/.exec(String(headers['retry-after']))?.[0]
  return new GitHubError({
    status,
    // The rate limit can have status 403. Then the response says how long to wait, or that no requests remain.
    isTransient:
      status >= 500 ||
      status === 429 ||
      seconds !== undefined ||
      headers['x-ratelimit-remaining'] === '0' ||
      isSecondaryLimit,
    ...(isSecondaryLimit && { waitMs: SECONDARY_LIMIT_WAIT_MS }),
    ...(seconds !== undefined && { waitMs: Number(seconds) * 1_000 }),
  })
}

/** Whether a value is a JSON object. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function ignore(): void {
  // Octokit would write to stderr, which the runner reads before the masks.
}

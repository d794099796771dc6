import type { SecretValue } from '../secret-value.js'
import { bearerHeader } from './auth/bearer-header.js'
import type { TokenSource } from './auth/token-source.js'
import type { WorkspaceHost } from './host.js'
import type { HttpRequest, HttpResponse } from './http/http-transport.js'
import type { CallOptions, RequestScheduler, SendOnce } from './http/request-scheduler.js'
import { parseResponse, type JsonObject } from './response.js'
import { WorkspaceError } from './workspace-error.js'

type Method = HttpRequest['method']

/** Options of every request. */
interface RequestOptions extends CallOptions {
  /** The name of the API call in logs and errors. Default: the path. Required if the path contains names. */
  readonly call?: string
}

/** Options of a read. */
interface ReadOptions extends RequestOptions {
  /** True if the response contains the value of a secret: see `WorkspaceErrorDetails`. */
  readonly readsValue?: boolean
}

/** Options of a write. */
interface WriteOptions extends RequestOptions {
  /**
   * Whether an empty response counts as success if a read has succeeded before, as in the official clients. Default: true.
   */
  readonly allowEmptyResponse?: boolean
}

/** Sends authenticated JSON requests to one workspace, and parses the responses. */
export class WorkspaceClient {
  readonly #host: WorkspaceHost
  readonly #tokenSource: TokenSource
  readonly #scheduler: RequestScheduler
  /** Whether a read has succeeded. Then this is the API, and an empty response to a write may mean success. */
  #hasRead = false

  constructor(host: WorkspaceHost, tokenSource: TokenSource, scheduler: RequestScheduler) {
    this.#host = host
    this.#tokenSource = tokenSource
    this.#scheduler = scheduler
  }

  /**
   * Sends a GET request.
   *
   * @param path The path of the API call, such as `/api/2.0/secrets/list`.
   * @param options.call The name of the API call in logs and errors. Default: the path. Required if the path contains names.
   * @throws {WorkspaceError} if the response is not a JSON object with a 2xx status, or if there is no response.
   * @throws {AuthError} if there is no token.
   */
  async get(
    path: string,
    query: Readonly<Record<string, string>> = {},
    options: ReadOptions = {},
  ): Promise<JsonObject> {
    return await this.#call('GET', withQuery(path, query), null, options)
  }

  /**
   * Sends a POST request. It is retried even if an earlier try may have been applied. So the API call must be idempotent, or
   * the caller must handle a retry that finds the result of the earlier try (`earlierTryMayBeApplied`).
   *
   * @param path The path of the API call, such as `/api/2.0/secrets/put`.
   * @throws {WorkspaceError} if the response is not a JSON object with a 2xx status, or if there is no response.
   * @throws {AuthError} if there is no token.
   */
  async post(path: string, body: JsonObject, options: WriteOptions = {}): Promise<JsonObject> {
    return await this.#call('POST', path, body, options)
  }

  /** Sends a PATCH request. Everything else is as for {@link WorkspaceClient.post}. */
  async patch(
    path: string,
    query: Readonly<Record<string, string>>,
    body: JsonObject,
    options: WriteOptions = {},
  ): Promise<JsonObject> {
    return await this.#call('PATCH', withQuery(path, query), body, options)
  }

  /**
   * Sends a DELETE request, without a body. Everything else is as for {@link WorkspaceClient.post}; the empty response may
   * have status 204, too.
   */
  async delete(path: string, options: WriteOptions = {}): Promise<JsonObject> {
    return await this.#call('DELETE', path, null, options)
  }

  async #call(
    method: Method,
    path: string,
    body: JsonObject | null,
    {
      call = path.replace(/^\/api\/2\.0\/|\?.*$/g, ''),
      readsValue,
      allowEmptyResponse = true,
      ...options
    }: ReadOptions & WriteOptions,
  ): Promise<JsonObject> {
    const callDetails = { call, write: method !== 'GET', ...(readsValue !== undefined && { readsValue }) }
    const attempt = async (send: SendOnce): Promise<JsonObject> => {
      const token = await this.#tokenSource.token()
      // Not earlier: a thousand bodies that wait in the queue would fill the memory.
      const text = body === null ? null : JSON.stringify(body)
      const sendWith = async (bearer: SecretValue): Promise<JsonObject> => {
        const response = await send(this.#request(method, path, text, bearer))
        const json = this.#parse(method, response, allowEmptyResponse)
        this.#tokenSource.markAccepted(bearer)
        return json
      }
      try {
        return await sendWith(token)
      } catch (error) {
        if (!isTokenRejected(error)) throw error
        // A token can expire or be revoked early. Nothing was applied, so the request is sent again with a new token.
        const newToken = await this.#tokenSource.token(token)
        if (newToken.equals(token)) throw error
        return await sendWith(newToken)
      }
    }
    return await this.#scheduler.call(callDetails, attempt, options)
  }

  /** Parses a response. An empty response to a write may count as success. */
  #parse(method: Method, response: HttpResponse, allowEmptyResponse: boolean): JsonObject {
    const hasEmptyStatus = response.status === 200 || (method === 'DELETE' && response.status === 204)
    const isEmpty = hasEmptyStatus && response.body.trim() === ''
    if (method !== 'GET' && allowEmptyResponse && this.#hasRead && isEmpty) return {}
    const json = parseResponse(response)
    if (method === 'GET') this.#hasRead = true
    return json
  }

  #request(method: Method, path: string, body: string | null, token: SecretValue): HttpRequest {
    const { origin, workspaceId } = this.#host
    const headers = {
      accept: 'application/json',
      authorization: bearerHeader(token),
      ...(body !== null && { 'content-type': 'application/json; charset=utf-8' }),
      ...(workspaceId !== undefined && { 'x-databricks-workspace-id': workspaceId }),
    }
    return { method, url: origin + path, headers, body }
  }
}

function withQuery(path: string, query: Readonly<Record<string, string>>): string {
  const search = new URLSearchParams(query).toString()
  return search === '' ? path : `${path}?${search}`
}

/**
 * Whether the workspace itself, not a gateway, rejected the token. It returns the same error for an IP access list and for
 * a token of another organization. There a new token fails in the same way, and the error is the same.
 */
function isTokenRejected(error: unknown): boolean {
  return error instanceof WorkspaceError && error.isTokenRejected && error.details.isJson === true
}

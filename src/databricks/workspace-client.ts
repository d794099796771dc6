import type { SecretValue } from '../secret-value.js'
import { bearerHeader } from './auth/bearer-header.js'
import type { TokenSource } from './auth/token-source.js'
import type { WorkspaceHost } from './host.js'
import type { HttpRequest, HttpResponse } from './http/http-transport.js'
import type { CallOptions, RequestScheduler, SendOnce } from './http/request-scheduler.js'
import { parseResponse, type JsonObject } from './response.js'
import { WorkspaceError } from './workspace-error.js'

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
    options: CallOptions & { readonly call?: string } = {},
  ): Promise<JsonObject> {
    const search = new URLSearchParams(query).toString()
    return await this.#call('GET', search === '' ? path : `${path}?${search}`, null, options)
  }

  /**
   * Sends a POST request. It is retried even if an earlier try may have been applied, so the API call must be idempotent.
   *
   * @param path The path of the API call, such as `/api/2.0/secrets/put`.
   * @param options.allowEmptyResponse Whether an empty response counts as success if a read has succeeded before, as in
   * the official clients. Default: true.
   * @throws {WorkspaceError} if the response is not a JSON object with a 2xx status, or if there is no response.
   * @throws {AuthError} if there is no token.
   */
  async post(
    path: string,
    body: JsonObject,
    options: CallOptions & { readonly allowEmptyResponse?: boolean } = {},
  ): Promise<JsonObject> {
    return await this.#call('POST', path, body, options)
  }

  async #call(
    method: 'GET' | 'POST',
    path: string,
    body: JsonObject | null,
    {
      call = path.replace(/^\/api\/2\.0\/|\?.*$/g, ''),
      allowEmptyResponse = true,
      ...options
    }: CallOptions & { readonly call?: string; readonly allowEmptyResponse?: boolean },
  ): Promise<JsonObject> {
    const callDetails = { call, write: body !== null }
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
  #parse(method: 'GET' | 'POST', response: HttpResponse, allowEmptyResponse: boolean): JsonObject {
    const isEmpty = response.status === 200 && response.body.trim() === ''
    if (method === 'POST' && allowEmptyResponse && this.#hasRead && isEmpty) return {}
    const json = parseResponse(response)
    if (method === 'GET') this.#hasRead = true
    return json
  }

  #request(method: 'GET' | 'POST', path: string, body: string | null, token: SecretValue): HttpRequest {
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

/**
 * Whether the workspace itself, not a gateway, rejected the token. It returns the same error for an IP access list and for
 * a token of another organization. There a new token fails in the same way, and the error is the same.
 */
function isTokenRejected(error: unknown): boolean {
  return error instanceof WorkspaceError && error.isTokenRejected && error.details.isJson === true
}

import type { SecretValue } from '../secret-value.js'

import { parseResponse, type JsonObject } from './response.js'
import { bearerHeader } from './auth/bearer-header.js'
import type { TokenSource } from './auth/token-source.js'
import type { WorkspaceHost } from './host.js'
import type { HttpRequest, HttpResponse } from './http/http-transport.js'
import type { CallOptions, SendOnce, RequestScheduler } from './http/request-scheduler.js'
import { WorkspaceError } from './workspace-error.js'

/** The conversation with one workspace: JSON goes out and comes in, as somebody who is signed in. */
export class WorkspaceClient {
  readonly #host: WorkspaceHost
  readonly #signIn: TokenSource
  readonly #traffic: RequestScheduler
  /** Whether the API has answered a read: then an empty answer to a write is its own, and no other server's. */
  #hasAnswered = false

  constructor(host: WorkspaceHost, signIn: TokenSource, traffic: RequestScheduler) {
    this.#host = host
    this.#signIn = signIn
    this.#traffic = traffic
  }

  /**
   * Reads from the workspace.
   *
   * @param path The path of the call, such as `/api/2.0/secrets/list`.
   * @throws {WorkspaceError} when anything but a JSON object with a 2xx status comes back, or nothing does.
   * @throws {SignInError} when there is no token to ask with.
   */
  async get(
    path: string,
    query: Readonly<Record<string, string>> = {},
    options: CallOptions = {},
  ): Promise<JsonObject> {
    const search = new URLSearchParams(query).toString()
    return await this.#exchange('GET', search === '' ? path : `${path}?${search}`, null, options)
  }

  /**
   * Writes to the workspace. It is sent again where it may not have arrived, so it has to be a call that may be repeated.
   *
   * @param path The path of the call, such as `/api/2.0/secrets/put`.
   * @param options.mayBeEmpty Whether an empty answer counts as done if the API has answered a read before, as in the
   * official clients. Default: true.
   * @throws {WorkspaceError} when anything but a JSON object with a 2xx status comes back, or nothing does.
   * @throws {SignInError} when there is no token to ask with.
   */
  async post(
    path: string,
    body: JsonObject,
    options: CallOptions & { readonly mayBeEmpty?: boolean } = {},
  ): Promise<JsonObject> {
    return await this.#exchange('POST', path, body, options)
  }

  async #exchange(
    method: 'GET' | 'POST',
    path: string,
    body: JsonObject | null,
    { mayBeEmpty = true, ...options }: CallOptions & { readonly mayBeEmpty?: boolean },
  ): Promise<JsonObject> {
    const about = { call: path.replace(/^\/api\/2\.0\/|\?.*$/g, ''), write: body !== null }
    const attempt = async (send: SendOnce): Promise<JsonObject> => {
      const token = await this.#signIn.token()
      // Not before, as a thousand bodies that wait their turn would fill the memory.
      const text = body === null ? null : JSON.stringify(body)
      const exchange = async (by: SecretValue): Promise<JsonObject> => {
        const answer = this.#read(method, await send(this.#request(method, path, text, by)), mayBeEmpty)
        this.#signIn.worked(by)
        return answer
      }
      try {
        return await exchange(token)
      } catch (error) {
        if (!isUnwelcomeToken(error)) throw error
        // A token may end, or be taken back, before its time. Nothing was carried out, so once more with another.
        const other = await this.#signIn.token(token)
        if (other.equals(token)) throw error
        return await exchange(other)
      }
    }
    return await this.#traffic.call(about, attempt, options)
  }

  /** Reads an answer; an empty one to a write may count as done. */
  #read(method: 'GET' | 'POST', answer: HttpResponse, mayBeEmpty: boolean): JsonObject {
    const isEmpty = answer.status === 200 && answer.body.trim() === ''
    if (method === 'POST' && mayBeEmpty && this.#hasAnswered && isEmpty) return {}
    const json = parseResponse(answer)
    if (method === 'GET') this.#hasAnswered = true
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
 * Whether the workspace itself, and no gateway, has not let the token in. It says the same for an IP access list and for
 * another organisation; a new token is as little welcome there, and tells the same.
 */
function isUnwelcomeToken(error: unknown): boolean {
  return error instanceof WorkspaceError && error.isTokenRejected && error.details.structured === true
}

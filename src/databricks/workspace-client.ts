import type { SecretValue } from '../secret-value.js'

import { readAnswer, type JsonObject } from './answer.js'
import { bearer } from './auth/bearer.js'
import type { SignIn } from './auth/sign-in.js'
import type { WorkspaceHost } from './host.js'
import type { SendRequest } from './http-exchange.js'
import { WorkspaceError } from './workspace-error.js'

/** The conversation with one workspace: JSON goes out and comes in, as somebody who is signed in. */
export class WorkspaceClient {
  readonly #host: WorkspaceHost
  readonly #signIn: SignIn
  readonly #send: SendRequest

  constructor(host: WorkspaceHost, signIn: SignIn, send: SendRequest) {
    this.#host = host
    this.#signIn = signIn
    this.#send = send
  }

  /**
   * Reads from the workspace.
   *
   * @param path The path of the call, such as `/api/2.0/secrets/list`.
   * @throws {WorkspaceError} when anything but a JSON object with a 2xx status comes back, or nothing does.
   * @throws {SignInError} when there is no token to ask with.
   */
  async get(path: string, query: Readonly<Record<string, string>> = {}): Promise<JsonObject> {
    const search = new URLSearchParams(query).toString()
    return await this.#exchange('GET', search === '' ? path : `${path}?${search}`, null)
  }

  /**
   * Writes to the workspace.
   *
   * @param path The path of the call, such as `/api/2.0/secrets/put`.
   * @throws {WorkspaceError} when anything but a JSON object with a 2xx status comes back, or nothing does.
   * @throws {SignInError} when there is no token to ask with.
   */
  async post(path: string, body: JsonObject): Promise<JsonObject> {
    return await this.#exchange('POST', path, JSON.stringify(body))
  }

  async #exchange(method: 'GET' | 'POST', path: string, body: string | null): Promise<JsonObject> {
    const token = await this.#signIn.token()
    try {
      return await this.#once(method, path, body, token)
    } catch (error) {
      if (!isUnwelcome(error)) throw error
      // A token may end, or be taken back, before its time. Nothing was carried out, so once more with another.
      const other = await this.#signIn.token(token)
      if (other.equals(token)) throw error
      return await this.#once(method, path, body, other)
    }
  }

  async #once(
    method: 'GET' | 'POST',
    path: string,
    body: string | null,
    token: SecretValue,
  ): Promise<JsonObject> {
    const { origin, workspaceId } = this.#host
    const headers = {
      accept: 'application/json',
      authorization: bearer(token),
      ...(body !== null && { 'content-type': 'application/json; charset=utf-8' }),
      ...(workspaceId !== undefined && { 'x-databricks-workspace-id': workspaceId }),
    }
    try {
      return readAnswer(await this.#send({ method, url: origin + path, headers, body }))
    } catch (error) {
      if (!(error instanceof WorkspaceError)) throw error
      const call = path.replace(/^\/api\/2\.0\/|\?.*$/g, '')
      throw new WorkspaceError(error.failure, { ...error.details, call, write: body !== null })
    }
  }
}

/**
 * Whether the workspace has not let the token in: 401, or 403 with a number for a code. The same number comes for an IP
 * access list and for another organisation; a new token is as little welcome there, and tells the same.
 */
function isUnwelcome(error: unknown): boolean {
  if (!(error instanceof WorkspaceError)) return false
  const { status, errorCode, structured } = error.details
  return structured === true && (status === 401 || (status === 403 && errorCode === '403'))
}

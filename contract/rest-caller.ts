import { setTimeout as delay } from 'node:timers/promises'
import type { Target } from './clients/client.js'

/** A plain answer: what any HTTP client would see. */
export interface RestAnswer {
  readonly status: number
  readonly text: string
  /** The body as JSON; undefined if it is none. */
  readonly json: unknown
}

/** How long a request may take, its answer included. */
const TIMEOUT_MS = 60_000

/** Pauses before the next tries after a 429, in milliseconds. */
const PAUSES_MS = [250, 1_000, 4_000]

/** Plain requests to a workspace: no retry, no redirect followed, no interpretation. */
export class RestCaller {
  readonly #target: Target

  constructor(target: Target) {
    this.#target = target
  }

  /** Sends a request and gives back the answer, whatever it is. Throws when there is none. */
  async send(
    method: string,
    path: string,
    {
      query = {},
      body,
      headers = {},
    }: { query?: Record<string, string>; body?: string; headers?: Record<string, string> } = {},
  ): Promise<RestAnswer> {
    const url = new URL(path, this.#target.url)
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
    const response = await fetch(url, {
      method,
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: {
        authorization: `Bearer ${this.#target.token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body }),
    })
    const text = await response.text()
    return { status: response.status, text, json: parse(text) }
  }

  /**
   * A POST that has to succeed; it waits and tries again while the workspace asks for that with a 429.
   *
   * @throws Error that names the call and its error_code, and no value
   */
  async post<T>(path: string, body: object): Promise<T> {
    return this.#ok<T>(path, () => this.send('POST', path, { body: JSON.stringify(body) }))
  }

  /** A GET that has to succeed. Throws as `post` does. */
  async get<T>(path: string, query: Record<string, string> = {}): Promise<T> {
    return this.#ok<T>(path, () => this.send('GET', path, { query }))
  }

  async #ok<T>(path: string, send: () => Promise<RestAnswer>): Promise<T> {
    let { status, json } = await send()
    for (const pause of PAUSES_MS) {
      if (status !== 429) break
      await delay(pause)
      ;({ status, json } = await send())
    }
    if (status === 200) return json as T
    const code = (json as { error_code?: unknown } | undefined)?.error_code
    throw new Error(`${path} answered ${status} ${JSON.stringify(code)}`)
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

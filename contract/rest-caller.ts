import { setTimeout as delay } from 'node:timers/promises'
import type { Target } from './clients/client.js'

/** A response, as any HTTP client gets it. */
export interface RestAnswer {
  readonly status: number
  readonly text: string
  /** The body as JSON; undefined if it is no JSON. */
  readonly json: unknown
}

/** The timeout of a request, including its response. */
const TIMEOUT_MS = 60_000

/** The pauses before the retries after a 429, in milliseconds. */
const PAUSES_MS = [250, 1_000, 4_000]

/** Sends plain requests to a workspace, without retries, redirects or interpretation. */
export class RestCaller {
  readonly #target: Target

  constructor(target: Target) {
    this.#target = target
  }

  /** Sends a request and returns the response with any status. Throws if there is none. */
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
   * Sends a POST request that must succeed. It is retried after a 429.
   *
   * @throws Error with the call and its error_code, without values
   */
  async post<T>(path: string, body: object): Promise<T> {
    return this.#ok<T>(path, () => this.send('POST', path, { body: JSON.stringify(body) }))
  }

  /** Sends a GET request that must succeed. Throws like `post`. */
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

import type { Dispatcher, fetch as realFetch, ProxyAgent as RealProxyAgent } from 'undici/index.js'

/**
 * Stands in for undici's own in the bundle, by the `paths` of tsconfig.json, and loads that one when it is first asked.
 *
 * `@actions/http-client` imports undici for `getAgentDispatcher` alone, which the action never calls: its requests go
 * through Node's own client. To load it at the start of each run took as long as all the rest.
 */
export class ProxyAgent {
  readonly #agent: Promise<RealProxyAgent>

  /** It throws nothing: options that undici refuses fail each request. */
  constructor(options: RealProxyAgent.Options | string) {
    this.#agent = import(/* webpackChunkName: "undici" */ 'undici/index.js').then(
      (undici) => new undici.ProxyAgent(options),
    )
    this.#agent.catch(() => undefined)
  }

  /** Hands a request on, as `fetch` wants it from its `dispatcher`. It never asks the caller to wait. */
  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandlers): boolean {
    void this.#agent.then(
      (agent) => agent.dispatch(options, handler),
      (error: unknown) => handler.onError?.(error as Error),
    )
    return true
  }

  /** Closes all connections once what is under way on them has ended. */
  async close(): Promise<void> {
    await (await this.#agent).close()
  }

  /** Closes all connections; what is under way fails. */
  async destroy(): Promise<void> {
    await (await this.#agent).destroy()
  }
}

/** Stands in for undici's own as well: `@actions/github` sends its requests by it. */
export const fetch: typeof realFetch = async (...request) => {
  const undici = await import(/* webpackChunkName: "undici" */ 'undici/index.js')
  return await undici.fetch(...request)
}

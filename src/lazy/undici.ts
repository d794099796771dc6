/*
 * Replaces undici in the bundle, through `paths` in tsconfig.json. `@actions/http-client` and `@actions/github` import it for
 * requests that the action does not make: it sends all requests with Node's own HTTP client.
 */

const ABSENT = 'undici is not part of this bundle'

/** `@actions/github` creates one if a proxy is set, and uses it only with `fetch`. */
export class ProxyAgent {
  /** @throws {Error} always. */
  dispatch(): never {
    throw new Error(ABSENT)
  }
}

/** @throws {Error} always. */
export function fetch(): Promise<never> {
  return Promise.reject(new Error(ABSENT))
}

/*
 * Stands in for undici in the bundle, by the `paths` of tsconfig.json. `@actions/http-client` and `@actions/github` import
 * it for requests that the action does not make: all of its requests go through Node's own client.
 */

const ABSENT = 'undici is not part of this bundle'

/** `@actions/github` makes one where a proxy is set, and gives it to `fetch` alone. */
export class ProxyAgent {
  /** @throws {Error} always */
  dispatch(): never {
    throw new Error(ABSENT)
  }
}

/** @throws {Error} always */
export function fetch(): Promise<never> {
  return Promise.reject(new Error(ABSENT))
}

/**
 * Stands in for `@actions/exec` in the bundle, by the `paths` of tsconfig.json. `@actions/core` imports it to describe the
 * runner's operating system (`platform.getDetails`), which the action does not do.
 *
 * @throws {Error} always
 */
export function getExecOutput(): Promise<never> {
  return Promise.reject(new Error('@actions/exec is not part of this bundle'))
}

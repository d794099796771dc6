/**
 * Replaces `@actions/exec` in the bundle, through `paths` in tsconfig.json. `@actions/core` imports it for
 * `platform.getDetails`, which the action does not call.
 *
 * @throws {Error} always.
 */
export function getExecOutput(): Promise<never> {
  return Promise.reject(new Error('@actions/exec is not part of this bundle'))
}

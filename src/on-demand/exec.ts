import type { ExecOptions, ExecOutput } from '../../node_modules/@actions/exec/lib/exec.js'

/**
 * Stands in for that of `@actions/exec` in the bundle, by the `paths` of tsconfig.json, and loads that one when it is
 * first called.
 *
 * `@actions/core` imports it to tell what system it runs on (`platform.getDetails`), which the action never asks. With
 * it and `@actions/io` come parts of Node that a run does not need.
 */
export async function getExecOutput(
  commandLine: string,
  args?: string[],
  options?: ExecOptions,
): Promise<ExecOutput> {
  // By its path, since the name of the package leads back here.
  const exec = await import(/* webpackChunkName: "exec" */ '../../node_modules/@actions/exec/lib/exec.js')
  return await exec.getExecOutput(commandLine, args, options)
}

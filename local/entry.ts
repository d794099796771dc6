/** The entry point for local-action, which requires a function `run`. */
export async function run(): Promise<never> {
  await import('../src/index.js')
  // Never returns: the action ends the process itself. What local-action does after `run` would be too early.
  return await new Promise(() => undefined)
}

/** What local-action starts: it wants a function `run`, and the action has none. */
export async function run(): Promise<never> {
  await import('../src/index.js')
  // The action goes on, and ends the process when it is done: what local-action does after `run` would come too early.
  return await new Promise(() => undefined)
}

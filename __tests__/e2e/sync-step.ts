import type { EmulatedWorkspace } from '../../emulator/workspace.js'
import { runStep, type Step, type StepResult } from '../runner/step.js'

export { HURRIED } from '../runner/hurried-step.js'

/** Inputs without retries and without a rate limit, so that a test is fast. */
export const AT_ONCE = { 'requests-per-second': '0', 'retry-timeout-seconds': '0' }

/** The inputs of a step that writes one secret to the scope `storage`, as Ada, who is not an admin; {@link AT_ONCE}. */
function inputsFor({ url }: Pick<EmulatedWorkspace, 'url'>): Record<string, string> {
  return { host: url, token: 'fake-token-of-ada', scope: 'storage', secrets: 'blob=fake-value', ...AT_ONCE }
}

/** Runs the action against a workspace, with these inputs in addition to those of {@link inputsFor}. */
export async function syncTo(
  workspace: Pick<EmulatedWorkspace, 'url'>,
  inputs: Record<string, string> = {},
  step: Omit<Step, 'with'> = {},
): Promise<StepResult> {
  return await runStep({ ...step, with: { ...inputsFor(workspace), ...inputs } })
}

/** The outputs of a run that did nothing. */
export const NO_OUTPUTS: Readonly<Record<string, string>> = {
  'scope-created': 'false',
  changed: 'false',
  created: '[]',
  updated: '[]',
  unchanged: '[]',
  kept: '[]',
  deleted: '[]',
  failed: '[]',
  stale: '[]',
  consumers: '[]',
}

/** A step in whose process this code runs before the action. */
export function ahead(code: string): Step {
  return { nodeOptions: ['--import', `data:text/javascript;base64,${Buffer.from(code).toString('base64')}`] }
}

/** A step whose first requests get no response. */
export const NEVER_SETTLED: Step = ahead(`
  Promise.allSettled = (all) => {
    for (const each of all) each.catch(() => undefined)
    return new Promise(() => undefined)
  }`)

/** A step in whose process this code runs while the action does: once it listens for crashes. */
export function meanwhile(code: string): Step {
  return ahead(
    `process.on('newListener', (name) => { if (name === 'uncaughtException') setTimeout(() => { ${code} }) })`,
  )
}

/** The number of requests for each call, as `3 secrets/put`, in alphabetical order. */
export function callsOf({ requests }: Pick<EmulatedWorkspace, 'requests'>): string[] {
  const counts = new Map<string, number>()
  for (const { path: asked } of requests.all) {
    const call = asked.replace('/api/2.0/', '')
    counts.set(call, (counts.get(call) ?? 0) + 1)
  }
  return [...counts].map(([call, count]) => `${count} ${call}`).sort()
}

/** The secrets in the scope `storage`, by key. */
export function stored({ store }: Pick<EmulatedWorkspace, 'store'>): Record<string, string> {
  return Object.fromEntries(store.scope('storage').secrets.map(({ key, value }) => [key, value.toString()]))
}

/** Everything that the action itself prints or writes, before the runner masks it. */
export function everythingSaid({ stdout, stderr, summary, outputs }: StepResult): string {
  const withoutMasks = stdout.replaceAll(/^::add-mask::.*$/gm, '')
  return [withoutMasks, stderr, summary, JSON.stringify(outputs)].join('\n')
}

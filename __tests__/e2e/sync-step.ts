import type { EmulatedWorkspace } from '../../emulator/workspace.js'
import { runStep, type Step, type StepResult } from '../runner/step.js'

export { HURRIED } from '../runner/hurried-step.js'

/** What lets a test see each fault at once, and takes no longer than it must: neither retries nor a limit. */
export const AT_ONCE = { 'requests-per-second': '0', 'retry-timeout-seconds': '0' }

/** The inputs of a step that puts one secret into the scope `storage`, as Ada, who is no admin; {@link AT_ONCE}. */
function inputsFor({ url }: Pick<EmulatedWorkspace, 'url'>): Record<string, string> {
  return { host: url, token: 'fake-token-of-ada', scope: 'storage', secrets: 'blob=fake-value', ...AT_ONCE }
}

/** Runs the action against a workspace, with these inputs laid over those of {@link inputsFor}. */
export async function syncTo(
  workspace: Pick<EmulatedWorkspace, 'url'>,
  inputs: Record<string, string> = {},
  step: Omit<Step, 'with'> = {},
): Promise<StepResult> {
  return await runStep({ ...step, with: { ...inputsFor(workspace), ...inputs } })
}

/** The outputs of a run that has done nothing. */
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
}

/** A step in whose process this code runs ahead of the action. */
export function ahead(code: string): Step {
  return { nodeOptions: ['--import', `data:text/javascript;base64,${Buffer.from(code).toString('base64')}`] }
}

/** A step that never learns what came of its first requests. */
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

/** What a workspace was asked for, as `3 secrets/put`, in alphabetical order of the calls' counts. */
export function callsOf({ requests }: Pick<EmulatedWorkspace, 'requests'>): string[] {
  const counts = new Map<string, number>()
  for (const { path: asked } of requests.all) {
    const call = asked.replace('/api/2.0/', '')
    counts.set(call, (counts.get(call) ?? 0) + 1)
  }
  return [...counts].map(([call, count]) => `${count} ${call}`).sort()
}

/** What is in the scope `storage`, by key. */
export function stored({ store }: Pick<EmulatedWorkspace, 'store'>): Record<string, string> {
  return Object.fromEntries(store.scope('storage').secrets.map(({ key, value }) => [key, value.toString()]))
}

/** All that the action itself leaves where somebody can read it, raw: the runner's masks are only the second wall. */
export function everythingSaid({ stdout, stderr, summary, outputs }: StepResult): string {
  const withoutMasks = stdout.replaceAll(/^::add-mask::.*$/gm, '')
  return [withoutMasks, stderr, summary, JSON.stringify(outputs)].join('\n')
}

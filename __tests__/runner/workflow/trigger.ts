import type { WorkflowFile } from './workflow-file.js'
import type { Event } from './world.js'

/**
 * Whether an event starts a workflow.
 * @throws Error on a filter that the player does not know
 */
export function isStartedBy({ on }: Pick<WorkflowFile, 'on'>, event: Event): boolean {
  if (!Object.hasOwn(on, event.name)) return false
  // A schedule is a list of times, and a run by hand has inputs: no filters.
  if (event.name === 'schedule' || event.name === 'workflow_dispatch') return true
  if (event.ignoresFilters) return true
  return Object.entries(on[event.name] ?? {}).every(([filter, values]) => {
    const wanted = [values].flat() as unknown[]
    if (filter === 'types') return wanted.includes(event.payload?.['action'])
    if (filter === 'branches') return wanted.includes(branchOf(event))
    throw new Error(`The player does not know the filter ${filter} of ${event.name}.`)
  })
}

/** The branch that is pushed to, or that a pull request asks to be merged into. */
function branchOf({ name, payload, ref = 'refs/heads/main' }: Event): string | undefined {
  if (name !== 'pull_request') return /^refs\/heads\/(.*)$/.exec(ref)?.[1]
  const { base } = (payload?.['pull_request'] ?? {}) as { base?: { ref?: string } }
  return base?.ref
}

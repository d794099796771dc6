import { neverAnswer } from '../../emulator/faults.js'
import type { EmulatedWorkspace } from '../../emulator/workspace.js'

/** How a step is killed, as when the machine of its runner is lost. */
export interface Killing {
  /** For `kill` of the step. */
  readonly signal: AbortSignal
  /** Lets the workspace answer again. */
  readonly stop: () => void
}

/** Kills a step at its n-th request, which the workspace applies, and no later one. */
export function killAt(workspace: EmulatedWorkspace, position: number): Killing {
  const kill = new AbortController()
  const stop = workspace.intercept((_, perform) => {
    const count = workspace.requests.all.length
    if (count < position) return undefined
    if (count === position) perform()
    kill.abort()
    return neverAnswer
  })
  return { signal: kill.signal, stop }
}

import { describe, expect, test } from '@jest/globals'

import { neverAnswer } from '../../../emulator/faults.js'
import { stored, syncTo } from '../sync-step.js'
import { workspace } from '../workspace-of-test.js'

const MAP = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`key-${index}`, `fake-${index}`]))
const OLD = { 'KEY-3': 'old', 'old-1': 'old', 'old-2': 'old' }
const INPUTS = { secrets: JSON.stringify(MAP), prune: 'true', verify: 'true' }

/** Starts a run and kills it at its n-th request. The workspace applies that request or not, and no later one. */
async function killAt(position: number, carriedOut: boolean): Promise<boolean> {
  const kill = new AbortController()
  const stop = workspace.intercept((_, perform) => {
    const count = workspace.requests.all.length
    if (count < position) return undefined
    if (carriedOut && count === position) perform()
    kill.abort()
    return neverAnswer
  })
  const { signal } = await syncTo(workspace, INPUTS, { kill: kill.signal, allowStderr: true })
  stop()
  workspace.requests.reset()
  return signal === 'SIGKILL'
}

/** The secrets of a scope as text, in the order of the keys. */
function scopeText(): string {
  return JSON.stringify(workspace.store.has('storage') ? Object.entries(stored(workspace)).sort() : null)
}

// A runner can be lost at any moment, and the next run must complete the work.
describe.each([
  ['an existing scope', true],
  ['a new scope', false],
])('a run into %s that is killed', (_, exists) => {
  /** Reads, the scope, ten puts, ten reads back, two deletes. */
  const requests = exists ? 24 : 23
  const positions = Array.from({ length: requests }, (_, index) => index + 1)
  /** The scope after a second run, which knows nothing of the first one except the scope. */
  const completed = new Set<string>()

  test.each(positions)('at request %i leaves a scope that a second run completes', async (position) => {
    // Before request 2 is applied, the scope is the same as after request 1.
    for (const carriedOut of position === 1 ? [false, true] : [true]) {
      if (workspace.store.has('storage')) workspace.store.deleteScope('storage')
      if (exists) workspace.store.createScope('storage', { secrets: OLD })
      expect(await killAt(position, carriedOut)).toBe(true)
      // No old key may be deleted before all new keys are written.
      if (exists && !('old-1' in stored(workspace) && 'old-2' in stored(workspace))) {
        expect(Object.keys(stored(workspace)).filter((key) => key.toLowerCase() in MAP)).toHaveLength(10)
      }
      const left = scopeText()
      if (completed.has(left)) continue
      completed.add(left)
      const { exitCode } = await syncTo(workspace, INPUTS)
      expect(exitCode).toBe(0)
      const keys = Object.entries(stored(workspace)).map(([key, value]) => [key.toLowerCase(), value])
      expect(Object.fromEntries(keys)).toEqual(MAP)
      expect(keys).toHaveLength(10)
    }
  })
})

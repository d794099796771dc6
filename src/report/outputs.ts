import { error, setOutput } from '@actions/core'

import type { KeyAge } from '../sync/key-age.js'
import { hasChanged, isScopeNew, keysWithOutcome, OUTCOMES, type Result } from '../sync/result.js'

/**
 * Sets every output, also of a run that stopped early: a later step that runs `always()` can read them as JSON.
 *
 * The arrays hold the names of keys in the order of the map, as they are. (The runner drops a *job* output in which a
 * mask occurs; altering a name for that would make it another key.)
 *
 * @returns False, with an annotation, when the runner's file for them cannot be written.
 */
export function setOutputs(result: Result, ages: readonly KeyAge[]): boolean {
  try {
    setOutput('scope-created', isScopeNew(result))
    setOutput('changed', hasChanged(result))
    for (const outcome of OUTCOMES) setOutput(outcome, keysWithOutcome(outcome, result))
    setOutput(
      'stale',
      ages.filter(({ stale }) => stale).map(({ key }) => key),
    )
    return true
  } catch {
    error(
      'The outputs could not be written, so later steps do not know what this one did. Check the disk of the runner.',
    )
    return false
  }
}

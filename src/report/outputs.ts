import { error, setOutput } from '@actions/core'

import { keysThat, type Result } from '../sync/result.js'

/**
 * Sets every output, also of a run that stopped early: a later step that runs `always()` can read them as JSON.
 *
 * The arrays hold the names of keys in the order of the map, as they are. (The runner drops a *job* output in which a
 * mask occurs; altering a name for that would make it another key.)
 *
 * @returns False, with an annotation, when the runner's file for them cannot be written.
 */
export function setOutputs(result: Result): boolean {
  const created = keysThat('created', result)
  const updated = keysThat('updated', result)
  const scopeCreated = result.scope?.created !== undefined
  try {
    setOutput('scope-created', scopeCreated)
    setOutput('changed', scopeCreated || created.length + updated.length > 0)
    setOutput('created', created)
    setOutput('updated', updated)
    setOutput('failed', keysThat('failed', result))
    return true
  } catch {
    error(
      'The outputs could not be written, so later steps do not know what this one did. Check the disk of the runner.',
    )
    return false
  }
}

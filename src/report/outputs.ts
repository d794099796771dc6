import { setOutput } from '@actions/core'

import { keysThat, type Result } from '../sync/result.js'

/**
 * Sets every output, also of a run that stopped early: a later step that runs `always()` can read them as JSON.
 *
 * The arrays hold the names of keys in the order of the map, as they are. (The runner drops a *job* output in which a
 * mask occurs; altering a name for that would make it another key.)
 */
export function setOutputs(result: Result): void {
  const created = keysThat('created', result)
  const updated = keysThat('updated', result)
  const scopeCreated = result.scope?.created !== undefined
  setOutput('scope-created', scopeCreated)
  setOutput('changed', scopeCreated || created.length + updated.length > 0)
  setOutput('created', created)
  setOutput('updated', updated)
  setOutput('failed', keysThat('failed', result))
}

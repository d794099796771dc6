import { error, setOutput } from '@actions/core'

import type { KeyAge } from '../sync/key-age.js'
import { withLink, type TroubleshootingLink } from './troubleshooting-link.js'
import { hasChanged, isScopeNew, keysWithOutcome, OUTCOMES, type Result } from '../sync/result.js'

/**
 * Sets all outputs, even if the run stopped early, so that a later step with `always()` can read them as JSON.
 *
 * The arrays hold the names of keys in the order of the map. Names are never altered. (The runner drops a *job* output that
 * contains a masked string.)
 *
 * @param link The link for an error; undefined if another error of this run has one.
 * @returns False, with an annotation, if the file of the runner for outputs cannot be written.
 */
export function setOutputs(
  result: Result,
  ages: readonly KeyAge[],
  link: TroubleshootingLink | undefined,
): boolean {
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
      withLink(
        'The outputs could not be written, so later steps do not know what this one did. Check the disk of the runner.',
        link,
      ),
    )
    return false
  }
}

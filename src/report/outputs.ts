import { error, setOutput } from '@actions/core'

import { hasChanged, isStoreNew, keysWithOutcome, OUTCOMES, type Result } from '../sync/result.js'
import type { TargetReport } from './report.js'
import { staleKeys } from './stale-keys.js'
import { withLink, type TroubleshootingLink } from './troubleshooting-link.js'

/**
 * Sets all outputs, even if the run stopped early, so that a later step with `always()` can read them as JSON.
 *
 * The arrays hold the names of keys in the order of the map. Names are never altered. (The runner drops a *job* output that
 * contains a masked string.)
 *
 * @param linkOf Gives the link for an error, or undefined if another error of this run has one. Called only for an error:
 * for the link, all values are searched.
 * @returns False, with an annotation, if the file of the runner for outputs cannot be written.
 */
export function setOutputs(
  result: Result,
  targets: readonly TargetReport[],
  linkOf: () => TroubleshootingLink | undefined,
): boolean {
  try {
    setOutput(
      'scope-created',
      result.targets.some((target) => isStoreNew(target, result.dryRun)),
    )
    setOutput('changed', hasChanged(result))
    for (const outcome of OUTCOMES) {
      setOutput(
        outcome,
        result.targets.flatMap((target) => keysWithOutcome(outcome, target)),
      )
    }
    setOutput('stale', targets.flatMap(staleKeys))
    return true
  } catch {
    error(
      withLink(
        'The outputs could not be written, so later steps do not know what this one did. Check the disk of the runner.',
        linkOf(),
      ),
    )
    return false
  }
}

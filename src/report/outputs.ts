import { error, setOutput } from '@actions/core'

import { hasChanged, isStoreNew, keysWithOutcome, OUTCOMES, type Result } from '../sync/result.js'
import { keyName } from './key-name.js'
import type { Report } from './report.js'
import { staleKeys } from './stale-keys.js'
import { withLink, type TroubleshootingLink } from './troubleshooting-link.js'

/** The targets of a run that did nothing. */
export const NO_TARGETS = { targets: [], qualifiesKeys: false, consumers: undefined } as const

/**
 * Sets all outputs, even if the run stopped early, so that a later step with `always()` can read them as JSON.
 *
 * The arrays hold the names of keys in the order of the map, as {@link keyName} has them. Names are never altered. (The runner drops a *job* output that
 * contains a masked string.)
 *
 * @param linkOf Gives the link for an error, or undefined if another error of this run has one. Called only for an error:
 * for the link, all values are searched.
 * @returns False, with an annotation, if the file of the runner for outputs cannot be written.
 */
export function setOutputs(
  result: Result,
  { targets, qualifiesKeys, consumers }: Pick<Report, 'targets' | 'qualifiesKeys' | 'consumers'>,
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
        result.targets.flatMap((target) =>
          keysWithOutcome(outcome, target).map((key) => keyName(target, key, qualifiesKeys)),
        ),
      )
    }
    setOutput(
      'stale',
      targets.flatMap((target) => staleKeys(target).map((key) => keyName(target.result, key, qualifiesKeys))),
    )
    setOutput('consumers', consumers?.output ?? [])
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

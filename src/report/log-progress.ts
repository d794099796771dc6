import { info, notice, warning } from '@actions/core'

import type { ConsumerSearch } from '../consumers/consumer.js'
import type { WorkspaceHost } from '../databricks/host.js'
import type { Inputs } from '../inputs/read-inputs.js'
import type { Redactor } from '../secrets/masks/redactor.js'
import { STORES } from '../stores/store-definition.js'
import type { StoreCreation } from '../stores/store.js'
import { keyCount, type Plan, type PlannedStore } from '../sync/plan.js'
import { describeCoverage } from './consumer-coverage.js'
import { count, labelled, LABEL_WIDTH } from './wording.js'

/**
 * Logs the host, the authentication method, ignored inputs and omitted names, before the first request. Warns of a run that
 * writes although it should comment on its pull request.
 *
 * @param isForPullRequest Whether the run is for a pull request, with any of its events.
 */
export function logStart(
  { host, hostFromVariables, auth, omitted, dryRun, commentToken }: Inputs,
  isForPullRequest: boolean,
): void {
  info(labelled('Host', `${describeHost(host)}${inBrackets(hostFromVariables)}`))
  info(labelled('Authentication', `${auth.authType}${inBrackets(auth.usedSettings)}`))
  if (auth.ignoredInputs.length > 0) {
    notice(`With auth-type ${auth.authType}, these inputs are not used: ${auth.ignoredInputs.join(', ')}.`)
  }
  for (const name of omitted) {
    notice(
      `${name} was left out of the map: its value is a credential of this run. To remove this notice, add the name to exclude.`,
    )
  }
  if (isForPullRequest && !dryRun && commentToken !== undefined) warning(WRITES_FOR_PULL_REQUEST)
}

const WRITES_FOR_PULL_REQUEST =
  'This run is for a pull request, and dry-run is false: it writes, and pr-comment adds no comment. To plan only, set ' +
  'dry-run to true for pull requests, and check the spelling of github.event_name in its expression.'

function inBrackets(parts: readonly string[]): string {
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`
}

/** Logs the scope or schema: that it exists, or in a dry run that it will be created. */
export function logPlan({ store }: Plan, dryRun: boolean): void {
  const { label } = STORES[store.kind]
  if (store.action === 'use')
    info(
      labelled(
        label,
        `${store.name} (exists, ${count(keyCount(store), store.isComplete ? 'key' : 'visible key')})`,
      ),
    )
  else if (dryRun) info(labelled(label, `${store.name} (missing, will be created)`))
}

/** Logs that the scope was created, and who manages it. */
export function logCreation({ kind, name }: PlannedStore, { managedBy, unconfirmed }: StoreCreation): void {
  const managers = managedBy === 'users' ? 'every user of the workspace' : 'the identity of this run'
  const how =
    unconfirmed === true
      ? 'created by this run, or by another job at the same time'
      : `created, managed by ${managers}`
  info(labelled(STORES[kind].label, `${name} (${how})`))
}

/** Logs what the search for consumers saw and what it did not. */
export function logCoverage(search: ConsumerSearch, redactor: Redactor): void {
  const [first = '', ...others] = describeCoverage(search, redactor)
  info(labelled('Consumers', first))
  for (const sentence of others) info(`${' '.repeat(LABEL_WIDTH)}${sentence}`)
}

/** Logs the keys of a target that are deleted next. The report does not list them again. */
export function logDeletes({ kind, name }: PlannedStore, keys: readonly string[]): void {
  const are = keys.length === 1 ? 'is' : 'are'
  info('')
  info(`Deleting ${count(keys.length, 'key')} of the ${kind} "${name}" that ${are} not in the map:`)
  for (const key of keys) info(`  ${key}`)
}

/** The address of the workspace for a browser. */
export function describeHost({ origin, workspaceId }: WorkspaceHost): string {
  if (workspaceId === undefined) return origin
  return `${origin}/?${/^\d+$/.test(workspaceId) ? 'o' : 'w'}=${workspaceId}`
}

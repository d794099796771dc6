import {
  CONSUMER_KINDS,
  type ConsumerKind,
  type ConsumerSearch,
  type KindStatus,
} from '../consumers/consumer.js'
import { formatNumber } from '../format-number.js'
import type { Redactor } from '../secrets/masks/redactor.js'
import { consumersNoun, countConsumers } from './consumer-wording.js'

/** What no search can find, or this one does not look at. */
const NEVER_SEARCHED =
  'Not searched: one-time runs, code outside this checkout, instance pools and Kafka configurations.'

/**
 * Describes what a search saw and what it did not, in sentences. It never says that nothing refers to a key: a list contains
 * only what the identity of this run may see.
 */
export function describeCoverage(
  { kinds, isAdmin }: Pick<ConsumerSearch, 'kinds' | 'isAdmin'>,
  redactor: Redactor,
): string[] {
  const inWorkspace = CONSUMER_KINDS.filter((kind) => kind !== 'repository')
  const having = (status: KindStatus['status']): ConsumerKind[] =>
    inWorkspace.filter((kind) => kinds[kind].status === status)
  const saw = inWorkspace.flatMap((kind) => {
    const { status, ...rest } = kinds[kind]
    return status !== 'not-available' && 'items' in rest && (status === 'searched' || rest.items > 0)
      ? [countConsumers(rest.items, kind)]
      : []
  })
  const unread = inWorkspace.flatMap((kind) => {
    const status = kinds[kind]
    return status.status === 'searched' && status.notSearched > 0
      ? [`${formatNumber(status.notSearched)} of the ${consumersNoun(kind)}`]
      : []
  })
  const failed = inWorkspace.flatMap((kind) => describeFailure(kind, kinds[kind], redactor) ?? [])
  const namesOf = (some: readonly ConsumerKind[]): string => some.map(consumersNoun).join(', ')
  const [notChecked, missing] = [having('not-checked'), having('not-available')]
  return [
    `${startOf(isAdmin)} ${saw.length === 0 ? 'nothing' : saw.join(', ')}.`,
    ...(notChecked.length === 0 ? [] : [`Not checked (no permission): ${namesOf(notChecked)}.`]),
    ...(failed.length === 0 ? [] : [`Not checked (failed): ${failed.join('; ')}.`]),
    ...(unread.length === 0 ? [] : [`Could not be read: ${unread.join(', ')}.`]),
    ...(missing.length === 0 ? [] : [`Does not exist in this workspace: ${namesOf(missing)}.`]),
    describeCheckout(kinds.repository),
    NEVER_SEARCHED,
  ]
}

/** The failures of a search, for a sentence; empty if there are none that may pass. */
export function describeTransientFailures(
  { kinds }: Pick<ConsumerSearch, 'kinds'>,
  redactor: Redactor,
): string[] {
  return CONSUMER_KINDS.flatMap((kind) => {
    const status = kinds[kind]
    return status.status === 'failed' && status.transient
      ? (describeFailure(kind, status, redactor) ?? [])
      : []
  })
}

function startOf(isAdmin: boolean | undefined): string {
  if (isAdmin === true) return 'The search saw'
  return isAdmin === false
    ? 'Partial search: this identity is no workspace admin and saw'
    : 'Partial search: it is unknown whether this identity is a workspace admin. It saw'
}

/** Only the status and the code: a message may quote the configuration. */
function describeFailure(kind: ConsumerKind, status: KindStatus, redactor: Redactor): string | undefined {
  if (status.status !== 'failed') return undefined
  const { failure, httpStatus, errorCode } = status
  const code =
    errorCode !== undefined && /^[A-Z][A-Z0-9_]{0,63}$|^\d{1,9}$/.test(errorCode) ? [errorCode] : []
  const details = [
    ...(httpStatus === undefined ? [] : [`status ${httpStatus}`]),
    ...code.filter((each) => redactor.redactWholes(each) === each),
  ]
  if (details.length === 0 && failure !== undefined) details.push(failure)
  return details.length === 0 ? consumersNoun(kind) : `${consumersNoun(kind)} (${details.join(', ')})`
}

/** Whether the job has no folder of a checkout, or no file in it. */
export function hasNoCheckout(status: KindStatus): boolean {
  if (status.status !== 'searched') return status.status === 'not-available'
  return status.items + status.notSearched === 0 && !status.truncated
}

function describeCheckout(status: KindStatus): string {
  if (hasNoCheckout(status)) return 'Checkout: no file was found.'
  if (status.status !== 'searched') return 'The search of the checkout failed.'
  const { items, notSearched, truncated } = status
  const skipped = notSearched > 0 ? `, ${formatNumber(notSearched)} could not be read or are too large` : ''
  const early = truncated ? '. There are too many files, so not all were searched' : ''
  return `Checkout: ${countConsumers(items, 'repository')} searched${skipped}${early}.`
}

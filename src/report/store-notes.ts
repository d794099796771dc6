import { formatNumber } from '../format-number.js'
import { normalizeKey } from '../secrets/key.js'
import type { Redactor } from '../secrets/masks/redactor.js'
import type { ListedSecret, SecretAttribute } from '../stores/store.js'
import { WARN_BEFORE_DAYS, type KeyExpiry } from '../sync/key-expiry.js'
import type { TargetResult } from '../sync/result.js'
import type { Note } from './notes.js'
import { untrustedText } from './untrusted-text.js'
import { count, listNames } from './wording.js'

/** The most names in a note. */
const MAX_NAMES = 10

/** Collects the notes about what a store reports of its secrets: unseen ones, other owners, other attributes, and ends. */
export function storeNotes(
  result: TargetResult,
  expiries: readonly KeyExpiry[],
  dryRun: boolean,
  redactor: Redactor,
): Note[] {
  return [
    ...notesAboutUnseen(result, dryRun, redactor),
    ...notesAboutProtected(result, redactor),
    ...notesAboutDifferences(result, dryRun, redactor),
    ...notesAboutEnds(expiries),
  ]
}

function notesAboutUnseen({ plan, keys, target }: TargetResult, dryRun: boolean, redactor: Redactor): Note[] {
  const { ifExists } = target.options
  const toCreate = keys.filter(({ outcome }) => outcome === 'created').length
  if (dryRun && plan?.store.isComplete === false && toCreate > 0)
    return [
      {
        level: 'notice',
        text:
          `The list of the ${plan.store.kind} shows only secrets that this run owns or manages. ` +
          `${count(toCreate, 'key')} to create may exist already. A run handles such a key as if-exists: ${ifExists} says.`,
      },
    ]
  const unseen = keys.flatMap((each) => (each.outcome !== 'failed' && each.wasUnseen === true ? [each] : []))
  const updated = unseen.filter(({ outcome }) => outcome === 'updated')
  const leftAlone = unseen.filter(({ outcome }) => outcome !== 'updated')
  const describe = ({ key, secret }: (typeof unseen)[number]): string => withOwner(key, secret, redactor)
  return [
    ...noteAbout(
      'warning',
      updated.map(describe),
      (names, were) =>
        `${were} updated, although the list did not show ${updated.length === 1 ? 'it' : 'them'} to this run: ${names}. ` +
        'The owner is another principal, or another job created the key during this run. Check that no other job writes it.',
    ),
    ...noteAbout(
      'notice',
      leftAlone.map(describe),
      (names, were) =>
        `${were} left alone, and exist${leftAlone.length === 1 ? 's' : ''} although the list did not show ` +
        `${leftAlone.length === 1 ? 'it' : 'them'} to this run: ${names}.`,
    ),
  ]
}

function notesAboutProtected({ plan }: TargetResult, redactor: Redactor): Note[] {
  const names = (plan?.protectedKeys ?? []).map((secret) => withOwner(secret.name, secret, redactor))
  if (plan?.store.isIdentityUnknown === true)
    return noteAbout(
      'warning',
      names,
      (list) =>
        `prune left alone keys that another principal may own: ${list}. The workspace did not report the identity of this run, so only ` +
        'secrets of the input owner are deleted. Run the job again. If the input oauth-scopes is set, it may lack the API scope ' +
        'for this: all-apis includes it.',
    )
  return noteAbout(
    'notice',
    names,
    (list) =>
      `prune left alone keys that another principal owns: ${list}. It deletes only secrets whose owner is the identity of this ` +
      'run or the input owner.',
  )
}

function notesAboutDifferences({ plan, keys }: TargetResult, dryRun: boolean, redactor: Redactor): Note[] {
  const listed = new Map((plan?.store.keys ?? []).map((each) => [normalizeKey(each.name), each]))
  const existing = keys.flatMap((each) => {
    if (each.outcome === 'deleted' || each.outcome === 'created') return []
    const secret = (each.outcome === 'failed' ? undefined : each.secret) ?? listed.get(normalizeKey(each.key))
    return secret === undefined ? [] : [{ ...each, secret }]
  })
  const withOther = (attribute: SecretAttribute) =>
    existing.filter(({ secret }) => secret.differences?.includes(attribute) === true)
  return [
    ...noteAbout(
      'notice',
      withOther('owner').map(({ key, secret }) => withOwner(key, secret, redactor)),
      (names) =>
        `The owner differs from the input owner: ${names}. The action sets the owner only when it creates ` +
        'a secret. To change it, use Catalog Explorer.',
    ),
    ...noteAbout(
      'notice',
      withOther('comment')
        .filter(({ outcome }) => !(dryRun && outcome === 'updated'))
        .map(({ key }) => key),
      (names) =>
        `The comment differs from the input comment: ${names}. The action updates the comment together with the value.`,
    ),
  ]
}

function notesAboutEnds(expiries: readonly KeyExpiry[]): Note[] {
  const ended = expiries.filter(({ hasEnded }) => hasEnded)
  const ago = ({ key, days }: KeyExpiry): string => `${key} (${count(days, 'day')} ago)`
  return [
    ...noteAbout(
      'warning',
      ended.filter(({ isWritten }) => isWritten).map(ago),
      (names, were) =>
        `${were} written, but had expired before: ${names}. A write does not change the expire time of a secret. To set a ` +
        'new one with each write, set expire-after-days.',
    ),
    ...noteAbout(
      'warning',
      ended.filter(({ isWritten }) => !isWritten).map(ago),
      (names) =>
        `These secrets have expired: ${names}. Databricks still returns their values. Rotate those that are used, and delete ` +
        'the others.',
    ),
    ...noteAbout(
      'warning',
      expiries
        .filter(({ hasEnded }) => !hasEnded)
        .map(({ key, days }) => `${key} (in ${count(days, 'day')})`),
      (names) => `These secrets expire within ${WARN_BEFORE_DAYS} days: ${names}. Rotate them.`,
    ),
  ]
}

function noteAbout(
  level: Note['level'],
  names: readonly string[],
  write: (names: string, were: string) => string,
): Note[] {
  if (names.length === 0) return []
  const were = names.length === 1 ? '1 key was' : `${formatNumber(names.length)} keys were`
  return [{ level, text: write(listNames(names, MAX_NAMES), were) }]
}

/** The key, with its owner where the workspace names it. */
function withOwner(key: string, secret: ListedSecret | undefined, redactor: Redactor): string {
  const owner = untrustedText(secret?.owner ?? '', redactor)
  return owner === '' ? key : `${key} (owner "${owner}")`
}

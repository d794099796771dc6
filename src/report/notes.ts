import { formatNumber } from '../format-number.js'
import { STORES } from '../stores/store-definition.js'
import type { KeyAge } from '../sync/key-age.js'
import type { KeyExpiry } from '../sync/key-expiry.js'
import type { Plan, PlannedStore } from '../sync/plan.js'
import type { TargetResult } from '../sync/result.js'
import { shellCommand } from './shell-commands.js'
import { describeError, type ReportContext } from './describe-errors.js'
import { sentencesOf } from './explanation.js'
import { mayBeMeant } from './meant-principals.js'
import {
  describeOtherAccess,
  describeWithoutUse,
  permissionsUnreadable,
  warnAboutOtherPrincipals,
  warnAboutSpelling,
} from './permissions.js'
import { storeNotes } from './store-notes.js'
import { count, listNames } from './wording.js'

/** The most names in a note. The log and the table have all of them. */
const MAX_NAMES = 10

/** Something about the whole run that a reader should know. */
export interface Note {
  readonly level: 'notice' | 'warning'
  readonly text: string
  /** A shorter text for the summary, where the table of the keys follows. */
  readonly aboveTable?: string
  /** Commands to copy, one a line. */
  readonly commands?: readonly string[]
  /** True where another target has the same note. Then the job summary shows it once, above the targets. */
  readonly shared?: boolean
}

/** What notes need to know in addition to the result. */
interface NotedFacts {
  readonly ages: readonly KeyAge[]
  readonly expiries: readonly KeyExpiry[]
  /** True if this run did not set all permissions, on any target. */
  readonly someUnset: boolean
}

/** Collects the notes about a target. Failures are not among them. */
export function collectNotes(
  result: TargetResult,
  { ages, expiries, someUnset }: NotedFacts,
  dryRun: boolean,
  context: ReportContext,
): Note[] {
  const { plan, created, target } = result
  const { ifExists, maxAgeDays } = target.options
  const notes: Note[] = []
  const warn = (text: string): void => void notes.push({ level: 'warning', text })
  const notify = (text: string): void => void notes.push({ level: 'notice', text })

  if (created?.fellBack === true) warn(allUsersManage(plan?.store.name ?? target.store.name))
  if (plan !== undefined && plan.store.unprintable > 0) notes.push(unprintableKeys(plan.store))
  if (plan !== undefined && plan.unmatchedExcludes.length > 0) warn(unmatchedExcludes(plan, dryRun))
  if (plan?.uncompared !== undefined) {
    const { unreadable, error } = plan.uncompared
    const explanation = describeError(error, context)
    const text =
      `The values of ${count(unreadable.length, 'key')} could not be compared (${listNames(unreadable, MAX_NAMES)}), so they ` +
      `count as changed. ${sentencesOf(explanation)}`
    notes.push({ level: 'notice', text, commands: explanation.commands })
  }
  if (plan?.permissions === 'unreadable') warn(permissionsUnreadable(plan.store))
  else if (plan?.permissions !== undefined) {
    const { permissions } = plan
    const { others } = permissions
    const spelling = dryRun ? warnAboutSpelling(permissions, plan.store, context.redactor) : undefined
    if (spelling !== undefined) warn(spelling)
    for (const secret of new Set(others.map((each) => each.secret))) {
      const { kind, name } = plan.store
      const securable =
        secret === undefined ? { kind, name } : { kind: 'secret' as const, name: `${name}.${secret}` }
      const some = others.filter((each) => each.secret === secret)
      const warning = warnAboutOtherPrincipals(some, securable, context.redactor, {
        someUnset,
        mayBeMeant: (principal) => mayBeMeant(principal, permissions, dryRun),
      })
      if (warning !== undefined) notes.push({ level: 'warning', ...warning })
    }
    const access = describeOtherAccess(permissions.otherAccess ?? [], plan.store, context.redactor)
    if (access !== undefined) notify(access)
    const isSet = (principal: string): boolean =>
      result.permissions.some((each) => each.outcome === 'set' && each.principal === principal)
    const withoutUse = describeWithoutUse((permissions.withoutUse ?? []).filter(isSet), context.redactor)
    if (withoutUse !== undefined) notify(withoutUse)
  }
  notes.push(...storeNotes(result, expiries, dryRun, context.redactor))
  const stale = ages.filter((each) => each.stale)
  if (maxAgeDays !== undefined && stale.length > 0) notes.push(staleKeys(stale, maxAgeDays))
  const ofUnknownAge = maxAgeDays === undefined ? [] : ages.filter(({ days }) => days === undefined)
  if (ofUnknownAge.length > 0) warn(unknownAges(ofUnknownAge))
  if (maxAgeDays !== undefined && ifExists === 'update' && result.keys.length > 0) notify(RESETS_ALL)
  if (plan?.keys.length === 0) notify(ONLY_REPORTS)
  return notes
}

const ONLY_REPORTS =
  'This run only reports the ages of keys: secrets, secret-envs, secret-files and secrets-file name no secret, so nothing ' +
  'is written.'

/** Names the patterns by their lines in the workflow. */
function unmatchedExcludes({ unmatchedExcludes: locations, keys, store }: Plan, dryRun: boolean): string {
  const lines = listNames(
    locations.map(({ line }) => String(line)),
    MAX_NAMES,
  )
  const deletes = keys.filter(({ action }) => action === 'delete').length
  const [one, match] = locations.length === 1 ? ['line', 'matches'] : ['lines', 'match']
  return (
    `prune-exclude, ${one} ${lines}: ${match} no key of the ${store.kind}, while ${count(deletes, 'key')} ` +
    `${deletes === 1 ? 'is' : 'are'} ${dryRun ? 'to be ' : ''}deleted. Check the spelling: prune deletes every key that ` +
    'is in neither the map nor prune-exclude.'
  )
}

function allUsersManage(scope: string): string {
  return (
    `Every user of the workspace now manages the scope "${scope}": they can read, change and delete its secrets. On the ` +
    'Standard plan, all scopes are like this. Set initial-manage-principal to users to accept that without a warning, or ' +
    'to creator to stop instead.'
  )
}

function unprintableKeys({ kind, name, unprintable }: PlannedStore): Note {
  return {
    level: 'warning',
    text:
      (unprintable === 1
        ? `The name of 1 key in the ${kind} is not shown, because it contains a value of the map or a credential, or is not ` +
          'valid. The key was left alone. '
        : `The names of ${formatNumber(unprintable)} keys in the ${kind} are not shown, because they contain a value of the ` +
          'map or a credential, or are not valid. The keys were left alone. ') +
      'Names of keys are not secret in Databricks. List the keys, and delete those that should not exist:',
    commands: [shellCommand(...STORES[kind].listCommand(name))],
  }
}

function staleKeys(stale: readonly KeyAge[], maxAgeDays: number): Note {
  const oldest = [...stale].sort((a, b) => (b.days ?? 0) - (a.days ?? 0))
  const names = oldest.map(({ key, days }) => `${key} (${count(days ?? 0, 'day')})`)
  const were = stale.length === 1 ? '1 key was' : `${formatNumber(stale.length)} keys were`
  const what = `${were} last updated more than ${count(maxAgeDays, 'day')} ago`
  const advice = 'Rotate the secrets that are still used, and delete the others.'
  return {
    level: 'warning',
    text: `${what}: ${listNames(names, MAX_NAMES)}. ${advice}`,
    aboveTable: `${what} (⚠️ in the table). ${advice}`,
  }
}

function unknownAges(keys: readonly KeyAge[]): string {
  const names = listNames(
    keys.map(({ key }) => key),
    MAX_NAMES,
  )
  const were = keys.length === 1 ? '1 key was' : `${formatNumber(keys.length)} keys were`
  return `The workspace does not report when ${were} last updated: ${names}. ${keys.length === 1 ? 'It' : 'They'} may be older than max-age-days.`
}

const RESETS_ALL =
  'With if-exists: update, every run resets the age of every key of the map. Set if-exists: compare to write only the values ' +
  'that changed.'

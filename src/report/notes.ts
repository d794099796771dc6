import type { KeyAge } from '../sync/key-age.js'
import type { SyncOptions } from '../sync/options.js'
import type { Plan } from '../sync/plan.js'
import type { Result } from '../sync/result.js'
import { describeError, type ReportContext } from './describe-errors.js'
import { permissionsUnreadable, warnAboutOtherPrincipals } from './permissions.js'
import { count, listNames } from './wording.js'

/** As many names are told in a note: the log and the table have all of them. */
const MAX_NAMES = 10

/** Something that a reader has to know besides what became of each key. */
export interface Note {
  readonly level: 'notice' | 'warning'
  readonly text: string
  /** The same in fewer words, for where the table of the keys stands below it. */
  readonly aboveTable?: string
}

/** Finds what there is to say of a run as a whole, besides why it failed. */
export function collectNotes(
  result: Result,
  ages: readonly KeyAge[],
  { ifExists, maxAgeDays }: SyncOptions,
  context: ReportContext,
): Note[] {
  const { plan, created } = result
  const notes: Note[] = []
  const warn = (text: string): void => void notes.push({ level: 'warning', text })
  const tell = (text: string): void => void notes.push({ level: 'notice', text })

  if (created?.fellBack === true) warn(everybodyManages(plan?.scope.name ?? context.scope))
  if (plan !== undefined && plan.scope.unprintable > 0) warn(unnamedKeys(plan.scope.unprintable))
  if (plan !== undefined && plan.unmatchedExcludes.length > 0) warn(unmatchedExcludes(plan, result.dryRun))
  if (plan?.uncompared !== undefined) {
    const { unreadable, error } = plan.uncompared
    tell(
      `The values of ${count(unreadable.length, 'key')} could not be compared (${listNames(unreadable, MAX_NAMES)}), so they ` +
        `count as changed. ${describeError(error, context)}`,
    )
  }
  if (plan?.permissions === 'unreadable') warn(permissionsUnreadable(plan.scope.name))
  else if (plan?.permissions !== undefined) {
    const others = warnAboutOtherPrincipals(plan.permissions.others, plan.scope.name, context.redactor)
    if (others !== undefined) warn(others)
  }
  const stale = ages.filter((each) => each.stale)
  if (maxAgeDays !== undefined && stale.length > 0) notes.push(staleKeys(stale, maxAgeDays))
  const ageless = maxAgeDays === undefined ? [] : ages.filter(({ days }) => days === undefined)
  if (ageless.length > 0) warn(unknownAges(ageless))
  if (maxAgeDays !== undefined && ifExists === 'update' && result.keys.length > 0) tell(RENEWS_ALL)
  if (plan?.keys.length === 0) tell(ONLY_REPORTS)
  return notes
}

const ONLY_REPORTS =
  'This run only reports the ages of keys: secrets, secret-envs, secret-files and secrets-file name no secret, so nothing ' +
  'is written.'

/** The patterns have no text here: they stand in the workflow, by their lines. */
function unmatchedExcludes({ unmatchedExcludes: locations, keys }: Plan, dryRun: boolean): string {
  const lines = listNames(
    locations.map(({ line }) => String(line)),
    MAX_NAMES,
  )
  const deletes = keys.filter(({ action }) => action === 'delete').length
  const [one, match] = locations.length === 1 ? ['line', 'matches'] : ['lines', 'match']
  return (
    `prune-exclude, ${one} ${lines}: ${match} no key of the scope, while ${count(deletes, 'key')} ` +
    `${deletes === 1 ? 'is' : 'are'} ${dryRun ? 'to be ' : ''}deleted. Check the spelling: prune deletes every key that ` +
    'neither the map nor prune-exclude has.'
  )
}

/** What has to be known of a scope that was created with `users` because the workspace insisted. */
function everybodyManages(scope: string): string {
  return (
    `Every user of the workspace now manages the scope "${scope}": they can read, change and delete all that is in it. ` +
    'This workspace is on the Standard plan, which has no other scopes. Set initial-manage-principal to users to ' +
    'accept that without a warning, or to creator to stop instead.'
  )
}

function unnamedKeys(number: number): string {
  return (
    `The names of ${count(number, 'key')} in the scope are not told here, since they hold a value of the map or a ` +
    'credential, or are no names of keys. They were left alone. Names of keys are no secrets in Databricks: look at them ' +
    'with databricks secrets list-secrets, and delete what should not be there.'
  )
}

function staleKeys(stale: readonly KeyAge[], maxAgeDays: number): Note {
  const oldest = [...stale].sort((a, b) => (b.days ?? 0) - (a.days ?? 0))
  const names = oldest.map(({ key, days }) => `${key} (${count(days ?? 0, 'day')})`)
  const were = stale.length === 1 ? '1 key was' : `${stale.length} keys were`
  const what = `${were} last updated more than ${count(maxAgeDays, 'day')} ago`
  const advice = 'Give new values to those that are still used, and delete the others.'
  return {
    level: 'warning',
    text: `${what}: ${listNames(names, MAX_NAMES)}. ${advice}`,
    aboveTable: `${what} (⚠️ in the table). ${advice}`,
  }
}

function unknownAges(ageless: readonly KeyAge[]): string {
  const names = listNames(
    ageless.map(({ key }) => key),
    MAX_NAMES,
  )
  const were = ageless.length === 1 ? '1 key was' : `${ageless.length} keys were`
  return `The workspace does not tell when ${were} last updated: ${names}. They may be older than max-age-days.`
}

const RENEWS_ALL =
  'With if-exists: update, each run renews the age of every key of the map, whether its value is a new one or not. Set ' +
  'if-exists: compare, so that the ages tell when values have changed.'

import { formatNumber } from '../format-number.js'
import type { Redactor } from '../secrets/masks/redactor.js'
import type {
  OtherAccess,
  OtherPermission,
  PermissionPlan,
  PermissionResult,
} from '../stores/permission-plan.js'
import { STORES, type StoreDefinition, type StoreKind } from '../stores/store-definition.js'
import { coloured } from './log-colours.js'
import { meantPrincipals, newPrincipals, quoteNames } from './meant-principals.js'
import { leadingTo, revokeCommand } from './shell-commands.js'
import { revokeStatement } from './sql-commands.js'
import { isSafeToShow, untrustedText } from './untrusted-text.js'
import { count } from './wording.js'

/** The most other principals that are named. A scope can have any number of them. */
const MAX_NAMED = 20

/** What permissions are set on. */
interface Securable {
  readonly kind: StoreKind | 'secret'
  readonly name: string
}

/** The scope or schema that a report names. */
interface NamedStore extends Securable {
  readonly kind: StoreKind
}

/** How the outcome of a permission is rendered. */
export interface PermissionRendering {
  readonly redactor: Redactor
  /** True if nothing was written. */
  readonly dryRun: boolean
}

/** The same marks as in the table of keys. */
const MARKS: Record<PermissionResult['outcome'], string> = {
  set: '✏️',
  unchanged: '',
  removed: '🗑️',
  failed: '❌',
}

/** The outcome of a permission as texts that are safe to show. */
export interface PermissionLabels {
  /** With the name of the secret, if the permission is on a single one. */
  readonly principal: string
  /** `set`, `will be set`, `unchanged`, `removed`, `will be removed` or `failed`. */
  readonly outcome: string
  /** The mark before the outcome in the job summary; may be empty. */
  readonly mark: string
  /** `WRITE`, or `WRITE (was READ)`. Of a removal, what is removed. */
  readonly permission: string
}

/**
 * Renders the outcome of a permission for the log and the job summary, which must escape it. The principal comes from the
 * workflow, but it may be a value of the map, for example an application id.
 */
export function describePermission(
  result: PermissionResult,
  { redactor, dryRun }: PermissionRendering,
): PermissionLabels {
  const { permission, from, outcome } = result
  const before = from === undefined || from === permission ? '' : ` (was ${untrustedText(from, redactor)})`
  const willBe = dryRun && (outcome === 'set' || outcome === 'removed') ? 'will be ' : ''
  return {
    principal: describePrincipal(result, redactor),
    outcome: `${willBe}${outcome}`,
    mark: outcome === 'set' && from === undefined ? '🆕' : MARKS[outcome],
    permission: isRemoval(result) ? shown(permission, redactor) : `${permission}${before}`,
  }
}

/** Renders the principal of a permission. One whose permission is removed is not from the workflow, but untrusted text. */
export function describePrincipal(result: PermissionResult, redactor: Redactor): string {
  const principal = isRemoval(result) ? shown(result.principal, redactor) : redactor.redact(result.principal)
  return result.secret === undefined ? principal : `${principal} on secret ${result.secret}`
}

function isRemoval(result: PermissionResult): boolean {
  return result.outcome === 'removed' || (result.outcome === 'failed' && result.removal === true)
}

const PERMISSIONS_TO_CHANGE = { set: 'to set', removed: 'to remove', failed: 'failed' } as const

/** Counts the permissions of targets for a sentence: `2 permissions set`. Unchanged ones are not counted. */
export function permissionCounts(
  targets: readonly { readonly permissions: readonly PermissionResult[] }[],
  dryRun: boolean,
): string[] {
  const outcomes = targets.flatMap(({ permissions }) => permissions).map(({ outcome }) => outcome)
  return (['set', 'removed', 'failed'] as const).flatMap((outcome) => {
    const number = outcomes.filter((each) => each === outcome).length
    const word = dryRun ? PERMISSIONS_TO_CHANGE[outcome] : outcome
    return number > 0 ? [`${count(number, 'permission')} ${word}`] : []
  })
}

/** The lines of the log about permissions, in aligned columns. */
export function permissionLines(labels: readonly PermissionLabels[]): string[] {
  const width = Math.max(...labels.map(({ outcome }) => outcome.length))
  return labels.map(
    ({ principal, outcome, permission }) =>
      `  ${coloured(outcome, outcome === 'failed' ? 'red' : undefined)}${' '.repeat(width - outcome.length)}  ${principal}: ${permission}`,
  )
}

/** The command that removes a permission, for each kind of command. */
export const REVOKE_COMMANDS: Record<
  StoreDefinition['permissionCommands'],
  (store: string, other: Pick<OtherPermission, 'principal' | 'permission'>) => string
> = {
  cli: (scope, { principal }) => revokeCommand(scope, principal),
  sql: (schema, { principal, permission }) =>
    revokeStatement({ type: 'schema', name: schema, principal, privileges: permission }),
}

/** Whom the input may name by another spelling. */
export interface SpellingDoubts {
  /** True if this run did not set all permissions: then any principal may be the one that was meant. */
  readonly someUnset: boolean
  /** Whether the input may mean this principal. */
  readonly mayBeMeant: (principal: string) => boolean
}

/**
 * Warns about principals that have a permission and are not in the input. Another identity may have created and shared the
 * scope or schema before this run wrote secrets to it. Undefined if there are none.
 *
 * @param doubts A permission is only advised to be removed if its principal is certainly not the one that the input means.
 */
export function warnAboutOtherPrincipals(
  others: readonly OtherPermission[],
  { kind, name }: Securable,
  redactor: Redactor,
  { someUnset, mayBeMeant }: SpellingDoubts,
): { readonly text: string; readonly commands: readonly string[] } | undefined {
  if (others.length === 0) return undefined
  const named = listFirst(others, ({ principal, permission }) => {
    return `"${shown(principal, redactor)}" (${shown(permission, redactor)})`
  })
  // Without them, this run could never set a permission or write a secret again.
  const ours = others.filter(({ mayBeOurs }) => mayBeOurs)
  const keep =
    ours.length === 0
      ? ''
      : ` Do not remove ${listFirst(ours, ({ principal }) => `"${shown(principal, redactor)}"`)}: this run may need it.`
  const revoke = (other: OtherPermission): string =>
    kind === 'secret'
      ? revokeStatement({ type: kind, name, principal: other.principal, privileges: other.permission })
      : REVOKE_COMMANDS[STORES[kind].permissionCommands](name, other)
  const removable = others.filter(
    ({ principal, mayBeOurs }) => !mayBeOurs && !someUnset && !mayBeMeant(principal),
  )
  const commands = removable
    .filter(({ principal }) => isSafeToShow(principal, redactor, 'untrusted'))
    .slice(0, MAX_NAMED)
    .map(revoke)
  const remove = removable.length === 0 ? '' : ', and remove the permissions of the others'
  const advice = someUnset
    ? 'Before you remove any, correct the permissions that were not set: they may mean one of these principals.'
    : leadingTo(`Add those that need it to permissions${remove}`, commands)
  return {
    text:
      `Principals that are not in the input permissions have access to the ${kind} "${name}": ${named}. They were left ` +
      `alone.${keep} ${advice}`,
    commands,
  }
}

/** Reports access that the input does not control. Undefined if there is none. */
export function describeOtherAccess(
  access: readonly OtherAccess[],
  { kind, name }: NamedStore,
  redactor: Redactor,
): string | undefined {
  if (access.length === 0) return undefined
  const named = listFirst(access, (each) => `"${shown(each.principal, redactor)}" (${each.access})`)
  return `Also has access to the ${kind} "${name}", which the input permissions does not change: ${named}.`
}

/** Says what new readers of a schema need in addition to the permissions of the input. Undefined if all are seen to have it. */
export function describeWithoutUse(readers: readonly string[], redactor: Redactor): string | undefined {
  if (readers.length === 0) return undefined
  return (
    'Readers of secrets also need USE CATALOG and USE SCHEMA, which the action does not grant. This run sees no grant of both to ' +
    `${listFirst(readers, (principal) => `"${redactor.redact(principal)}"`)}.`
  )
}

/** Lists the first {@link MAX_NAMED} of them. */
function listFirst<T>(all: readonly T[], describe: (one: T) => string): string {
  const rest = all.length > MAX_NAMED ? [`${formatNumber(all.length - MAX_NAMED)} more`] : []
  return [...all.slice(0, MAX_NAMED).map(describe), ...rest].join(', ')
}

/**
 * Warns in a dry run about new principals of the input whose names are near to others that have access. Undefined if there are
 * none. A dry run does not look up principals.
 */
export function warnAboutSpelling(
  plan: PermissionPlan,
  { kind, name }: NamedStore,
  redactor: Redactor,
): string | undefined {
  const near = newPrincipals(plan).flatMap((principal) => {
    const meant = quoteNames(meantPrincipals(principal, plan), redactor)
    return meant === undefined ? [] : [`"${redactor.redact(principal)}" (did you mean ${meant}?)`]
  })
  if (near.length === 0) return undefined
  return (
    `Principals of the input permissions are new to the ${kind} "${name}", and near to others that have access: ` +
    `${near.join(', ')}. Check their spelling. A dry run does not check that principals exist.`
  )
}

/** Warns that a dry run could not read the permissions. A real run would stop there. */
export function permissionsUnreadable({ kind, name }: NamedStore): string {
  return (
    `The permissions of the ${kind} "${name}" could not be read, so the changes to them are not known. To read and set ` +
    'permissions, a run needs MANAGE. A run without it that is not a dry run stops before it writes anything.'
  )
}

/** Untrusted text, of which nothing may be left that can be shown. */
function shown(text: string, redactor: Redactor): string {
  return untrustedText(text, redactor) || '(cannot be shown)'
}

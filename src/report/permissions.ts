import type { Redactor } from '../secrets/masks/redactor.js'
import type { OtherPermission, PermissionResult } from '../stores/permission-plan.js'
import { coloured } from './log-colours.js'
import { leadingTo, revokeCommand } from './shell-commands.js'
import { isSafeToShow, untrustedText } from './untrusted-text.js'
import { count } from './wording.js'

/** The most other principals that are named. A scope can have any number of them. */
const MAX_NAMED = 20

/** How the outcome of a permission is rendered. */
export interface PermissionRendering {
  readonly redactor: Redactor
  /** True if nothing was written. */
  readonly dryRun: boolean
}

/** The same marks as in the table of keys. */
const MARKS: Record<PermissionResult['outcome'], string> = { set: '✏️', unchanged: '', failed: '❌' }

/** The outcome of a permission as texts that are safe to show. */
export interface PermissionLabels {
  readonly principal: string
  /** `set`, `will be set`, `unchanged` or `failed`. */
  readonly outcome: string
  /** The mark before the outcome in the job summary; may be empty. */
  readonly mark: string
  /** `WRITE`, or `WRITE (was READ)`. */
  readonly permission: string
}

/**
 * Renders the outcome of a permission for the log and the job summary, which must escape it. The principal comes from the
 * workflow, but it may be a value of the map, for example an application id.
 */
export function describePermission(
  { principal, permission, from, outcome }: PermissionResult,
  { redactor, dryRun }: PermissionRendering,
): PermissionLabels {
  const before = from === undefined || from === permission ? '' : ` (was ${untrustedText(from, redactor)})`
  return {
    principal: redactor.redact(principal),
    outcome: outcome === 'set' && dryRun ? 'will be set' : outcome,
    mark: outcome === 'set' && from === undefined ? '🆕' : MARKS[outcome],
    permission: `${permission}${before}`,
  }
}

/** Counts the permissions of targets for a sentence: `2 permissions set`. Unchanged ones are not counted. */
export function permissionCounts(
  targets: readonly { readonly permissions: readonly PermissionResult[] }[],
  dryRun: boolean,
): string[] {
  const outcomes = targets.flatMap(({ permissions }) => permissions).map(({ outcome }) => outcome)
  return (['set', 'failed'] as const).flatMap((outcome) => {
    const number = outcomes.filter((each) => each === outcome).length
    const word = outcome === 'set' && dryRun ? 'to set' : outcome
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

/**
 * Warns about principals that have a permission and are not in the input. Another identity may have created and shared the
 * scope before this run wrote secrets to it. Undefined if there are none.
 */
export function warnAboutOtherPrincipals(
  others: readonly OtherPermission[],
  scope: string,
  redactor: Redactor,
): { readonly text: string; readonly commands: readonly string[] } | undefined {
  if (others.length === 0) return undefined
  const named = listOthers(others, ({ principal, permission }) => {
    return `"${shown(principal, redactor)}" (${shown(permission, redactor)})`
  })
  // This run could never set a permission again without them.
  const ours = others.filter(({ mayBeOurs }) => mayBeOurs)
  const keep =
    ours.length === 0
      ? ''
      : ` Do not remove ${listOthers(ours, ({ principal }) => `"${shown(principal, redactor)}"`)}: this run may manage ` +
        'the scope through it.'
  const commands = others
    .slice(0, MAX_NAMED)
    .filter(({ principal, mayBeOurs }) => !mayBeOurs && isSafeToShow(principal, redactor, 'untrusted'))
    .map(({ principal }) => revokeCommand(scope, principal))
  const remove = ours.length === others.length ? '' : ', and remove the permissions of the others'
  return {
    text:
      `Principals that are not in the input permissions have access to the scope "${scope}": ${named}. They were left ` +
      `alone.${keep} ${leadingTo(`Add those that need it to permissions${remove}`, commands)}`,
    commands,
  }
}

function listOthers(
  others: readonly OtherPermission[],
  describe: (other: OtherPermission) => string,
): string {
  const rest = others.length > MAX_NAMED ? [`${others.length - MAX_NAMED} more`] : []
  return [...others.slice(0, MAX_NAMED).map(describe), ...rest].join(', ')
}

/** Warns that a dry run could not read the permissions. A real run would stop there. */
export function permissionsUnreadable(scope: string): string {
  return (
    `The permissions of the scope "${scope}" could not be read, so the changes to them are not known: that needs MANAGE. ` +
    'Without it, the run itself stops before it writes anything.'
  )
}

/** Untrusted text, of which nothing may be left that can be shown. */
function shown(text: string, redactor: Redactor): string {
  return untrustedText(text, redactor) || '(cannot be shown)'
}

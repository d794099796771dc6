import type { Redactor } from '../secrets/masks/redactor.js'
import type { PermissionResult } from '../sync/apply-permissions.js'
import type { OtherPermission } from '../sync/permissions.js'
import { untrustedText } from './untrusted-text.js'

/** As many of the others are named; a scope may have any number of them. */
const MAX_NAMED = 20

/** How a permission's result is told. */
export interface PermissionRendering {
  readonly redactor: Redactor
  /** True when nothing was written. */
  readonly dryRun: boolean
}

/** As the table of the keys has them. */
const MARKS: Record<PermissionResult['outcome'], string> = { set: '🔄', unchanged: '⚪', failed: '❌' }

/** A permission's result in words, with nothing of ours or anybody's in them that has to stay hidden. */
export interface PermissionLabels {
  /** Whom it is about. */
  readonly principal: string
  /** `set`, `would be set`, `unchanged` or `failed`. */
  readonly outcome: string
  /** What stands before that in the job summary. */
  readonly mark: string
  /** `WRITE`, or `WRITE (was READ)`. */
  readonly permission: string
}

/**
 * Puts a permission's result into words, for the log and for a row of the job summary, where they still have to be
 * escaped. The principal is the workflow's word, but may be a value of the map, an application id for one.
 */
export function describePermission(
  { principal, permission, from, outcome }: PermissionResult,
  { redactor, dryRun }: PermissionRendering,
): PermissionLabels {
  const before = from === undefined || from === permission ? '' : ` (was ${untrustedText(from, redactor)})`
  return {
    principal: redactor.redact(principal),
    outcome: outcome === 'set' && dryRun ? 'would be set' : outcome,
    mark: outcome === 'set' && from === undefined ? '🆕' : MARKS[outcome],
    permission: `${permission}${before}`,
  }
}

/** The lines of the log about the permissions, in the order of the input, their columns in line. */
export function permissionLines(words: readonly PermissionLabels[]): string[] {
  const width = Math.max(...words.map(({ outcome }) => outcome.length))
  return words.map(
    ({ principal, outcome, permission }) => `  ${outcome.padEnd(width)}  ${principal}: ${permission}`,
  )
}

/**
 * What has to be known of those who have a permission and are not in the input: a scope may have been made, and shared,
 * by anybody, before we put anything into it. Undefined if there are none.
 */
export function warnAboutOtherPrincipals(
  others: readonly OtherPermission[],
  scope: string,
  redactor: Redactor,
): string | undefined {
  if (others.length === 0) return undefined
  const named = listOthers(others, ({ principal, permission }) => {
    return `"${shown(principal, redactor)}" (${shown(permission, redactor)})`
  })
  return (
    `The input permissions does not name all who have one on the scope "${scope}", and they can read what is in it: ` +
    `${named}. They were left alone. If they are meant to, name them in permissions${adviceOnRemoval(others, scope, redactor)}`
  )
}

/** How to remove the others, but for those through which this run may manage the scope: it could never set one again. */
function adviceOnRemoval(others: readonly OtherPermission[], scope: string, redactor: Redactor): string {
  const ours = others.filter(({ mayBeOurs }) => mayBeOurs)
  const remove = `; if not: databricks secrets delete-acl "${scope}" PRINCIPAL`
  const named = listOthers(ours, ({ principal }) => `"${shown(principal, redactor)}"`)
  const keep = ours.length === 0 ? '' : ` Do not remove ${named}: this run may manage the scope through it.`
  return `${ours.length === others.length ? '' : remove}.${keep}`
}

function listOthers(
  others: readonly OtherPermission[],
  describe: (other: OtherPermission) => string,
): string {
  const rest = others.length > MAX_NAMED ? [`${others.length - MAX_NAMED} more`] : []
  return [...others.slice(0, MAX_NAMED).map(describe), ...rest].join(', ')
}

/** What is to be known of a dry run that may not read the permissions: the run itself would stop there. */
export function permissionsUnreadable(scope: string): string {
  return (
    `The permissions of the scope "${scope}" could not be read, so what would be set is not known: that needs MANAGE. ` +
    'Without it, the run itself would stop before it writes anything.'
  )
}

/** A word of the workspace, of which may be left nothing that can be shown. */
function shown(text: string, redactor: Redactor): string {
  return untrustedText(text, redactor) || '(cannot be shown)'
}

import type { Permission } from '../databricks/permission.js'
import type { Redactor } from '../secrets/masks/redactor.js'
import { isSafeToShow } from './untrusted-text.js'

/** A principal and its permission on a scope. */
export interface Grant {
  readonly scope: string
  readonly principal: string
  readonly permission: Permission
}

/** The command that grants a permission; undefined where the principal must not be shown. */
export function grantCommand(
  { scope, principal, permission }: Grant,
  redactor: Redactor,
): string | undefined {
  if (!isSafeToShow(principal, redactor)) return undefined
  return shellCommand(['databricks', 'secrets', 'put-acl'], [scope, principal, permission])
}

/** The command that removes a permission; undefined where the principal must not be shown. */
export function revokeCommand(
  { scope, principal }: Omit<Grant, 'permission'>,
  redactor: Redactor,
): string | undefined {
  if (!isSafeToShow(principal, redactor)) return undefined
  return shellCommand(['databricks', 'secrets', 'delete-acl'], [scope, principal])
}

/** A command for a POSIX shell: the words as they are, then the names, each of which is one argument and no option. */
export function shellCommand(words: readonly string[], names: readonly string[]): string {
  const end = names.some((name) => name.startsWith('-')) ? ['--'] : []
  return [...words, ...end, ...names.map(shellQuote)].join(' ')
}

/** One argument for a POSIX shell, in quotes where the shell would change it otherwise. */
function shellQuote(text: string): string {
  return /^[\w@%+:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}

/** A sentence that leads to commands: with a colon where they follow, and a full stop where there are none. */
export function leadingTo(sentence: string, commands: readonly unknown[]): string {
  return `${sentence}${commands.length > 0 ? ':' : '.'}`
}

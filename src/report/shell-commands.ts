import type { Permission } from '../databricks/permission.js'

/** The command that grants a permission on a scope. */
export function grantCommand(scope: string, principal: string, permission: Permission): string {
  return shellCommand(['databricks', 'secrets', 'put-acl'], [scope, principal, permission])
}

/** The command that removes the permission of a principal on a scope. */
export function revokeCommand(scope: string, principal: string): string {
  return shellCommand(['databricks', 'secrets', 'delete-acl'], [scope, principal])
}

/** A command for a POSIX shell: fixed words, then names, each of which is one argument and no option. */
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

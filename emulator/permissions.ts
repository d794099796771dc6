import type { Principal } from './identities.js'

/** What a principal may do in a scope. Each includes those before it (REST reference). */
const PERMISSIONS = ['READ', 'WRITE', 'MANAGE'] as const

/** One of `READ`, `WRITE` and `MANAGE`. */
export type Permission = (typeof PERMISSIONS)[number]

/** Whether a text from the wire names a permission, in the exact spelling of the API. */
export function isPermission(text: string): text is Permission {
  return (PERMISSIONS as readonly string[]).includes(text)
}

/**
 * Whether somebody may do what needs `needed` in a scope with these ACLs. Everybody is in `users`; admins have MANAGE on
 * every scope, without an ACL (REST reference).
 */
export function isPermitted(
  who: Principal,
  needed: Permission,
  acls: ReadonlyMap<string, Permission>,
): boolean {
  if (who.admin) return true
  return [who.name, ...(who.groups ?? []), 'users'].some((principal) => {
    const granted = acls.get(principal)
    return granted !== undefined && PERMISSIONS.indexOf(granted) >= PERMISSIONS.indexOf(needed)
  })
}

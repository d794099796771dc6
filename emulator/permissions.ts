import type { Principal } from './identities.js'

/** The permissions on a scope. Each includes the ones before it (REST reference). */
const PERMISSIONS = ['READ', 'WRITE', 'MANAGE'] as const

/** One of `READ`, `WRITE` and `MANAGE`. */
export type Permission = (typeof PERMISSIONS)[number]

/** Whether a text is a permission in the API's spelling. */
export function isPermission(text: string): text is Permission {
  return (PERMISSIONS as readonly string[]).includes(text)
}

/**
 * Whether a principal has the permission `needed` on a scope with these ACLs. Everyone is in `users`. Admins have MANAGE on
 * every scope without an ACL (REST reference).
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

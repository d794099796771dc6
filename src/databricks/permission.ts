/** The permissions on a scope. Each includes the ones before it (REST reference). */
export const PERMISSIONS = ['READ', 'WRITE', 'MANAGE'] as const

/** One of `READ`, `WRITE` and `MANAGE`. */
export type Permission = (typeof PERMISSIONS)[number]

/** Whether a text is a permission in the API's spelling. */
export function isPermission(text: string): text is Permission {
  return (PERMISSIONS as readonly string[]).includes(text)
}

/** What a principal may do in a scope; each includes those before it (REST reference). */
export const PERMISSIONS = ['READ', 'WRITE', 'MANAGE'] as const

/** One of `READ`, `WRITE` and `MANAGE`. */
export type Permission = (typeof PERMISSIONS)[number]

/** Whether a text names a permission, in the exact spelling of the API. */
export function isPermission(text: string): text is Permission {
  return (PERMISSIONS as readonly string[]).includes(text)
}

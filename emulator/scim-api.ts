import { createHash } from 'node:crypto'
import type { CallHandler } from './secrets-api.js'

/**
 * The only call of the identity API that clients of secrets use: it returns the caller. The Terraform provider calls it before
 * it removes a MANAGE permission, which may be its own. CLIs call it for their `me` commands.
 */
export const SCIM_API: Readonly<Record<string, CallHandler>> = {
  'GET /api/2.0/preview/scim/v2/Me': ({ caller: { name, groups = [], admin = false } }) => ({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    id: idOf(name),
    // For a service principal, its application id.
    userName: name,
    displayName: name,
    active: true,
    groups: [...new Set(['users', ...groups, ...(admin ? ['admins'] : [])])].map((display) => ({
      display,
      type: 'direct',
      value: idOf(display),
    })),
  }),
}

/** Databricks ids are numbers as text. A name always has the same one here. */
function idOf(name: string): string {
  return String(createHash('sha256').update(name).digest().readUIntBE(0, 6))
}

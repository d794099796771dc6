import { createHash } from 'node:crypto'
import type { CallHandler } from './secrets-api.js'

/**
 * The one call of the identity API that secrets need: who the caller is. The Terraform provider asks before it takes a
 * MANAGE permission away, lest it be its own; CLIs ask for their `me` commands.
 */
export const SCIM_API: Readonly<Record<string, CallHandler>> = {
  'GET /api/2.0/preview/scim/v2/Me': ({ caller: { name, groups = [] } }) => ({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    id: idOf(name),
    // A service principal's is its application id.
    userName: name,
    displayName: name,
    active: true,
    groups: ['users', ...groups].map((display) => ({ display, type: 'direct', value: idOf(display) })),
  }),
}

/** Databricks' ids are numbers in text; this one is always the same for a name. */
function idOf(name: string): string {
  return String(createHash('sha256').update(name).digest().readUIntBE(0, 6))
}

import type { JsonObject } from './response.js'
import { WorkspaceError } from './workspace-error.js'

/**
 * Reads a list of objects from a field of a response. A missing field is an empty list.
 *
 * @throws {WorkspaceError} `unexpected-response` for anything else.
 */
export function parseObjects(field: unknown): JsonObject[] {
  if (field === undefined) return []
  if (!Array.isArray(field)) throw new WorkspaceError('unexpected-response')
  return field.map((item: unknown) => {
    if (typeof item !== 'object' || item === null) throw new WorkspaceError('unexpected-response')
    return item as JsonObject
  })
}

/**
 * Reads a name from a field of a response. It may contain anything: it is untrusted text.
 *
 * @throws {WorkspaceError} `unexpected-response` if the field is not text.
 */
export function parseName(field: unknown): string {
  if (typeof field !== 'string') throw new WorkspaceError('unexpected-response')
  return field
}

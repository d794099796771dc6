import type { SecurableType } from '../databricks/catalog-secrets-api.js'

/** The privileges on secrets that the input `permissions` sets on a schema, as SQL writes them. */
export const SCHEMA_PRIVILEGES = ['READ SECRET', 'WRITE SECRET', 'REFERENCE SECRET', 'CREATE SECRET'] as const

/** A privilege on secrets, as SQL writes it. The API has an underscore in place of each blank. */
export type Privilege = (typeof SCHEMA_PRIVILEGES)[number]

/** What privileges on secrets can be set on. */
export type GrantableType = Exclude<SecurableType, 'catalog'>

/** The privileges that are set on each type of securable, in the order in which they are written. */
export const PRIVILEGES: Readonly<Record<GrantableType, readonly Privilege[]>> = {
  schema: SCHEMA_PRIVILEGES,
  secret: ['READ SECRET', 'WRITE SECRET', 'REFERENCE SECRET'],
}

/** The privilege that a text of the workflow names: with a blank or an underscore, case-insensitive. */
export function parsePrivilege(text: string, type: GrantableType): Privilege | undefined {
  const name = text
    .trim()
    .replace(/[\s_]+/, ' ')
    .toUpperCase()
  return PRIVILEGES[type].find((privilege) => privilege === name)
}

/** Writes privileges as one text, each once and always in the same order: `READ SECRET, CREATE SECRET`. */
export function joinPrivileges(privileges: readonly Privilege[]): string {
  return SCHEMA_PRIVILEGES.filter((privilege) => privileges.includes(privilege)).join(', ')
}

/** Reads a text of {@link joinPrivileges}. Anything else in it is left out. */
export function splitPrivileges(text: string): Privilege[] {
  const names = text.split(', ')
  return SCHEMA_PRIVILEGES.filter((privilege) => names.includes(privilege))
}

/** The privileges of this type among those that the API lists. */
export function privilegesIn(listed: readonly string[], type: GrantableType): Privilege[] {
  return PRIVILEGES[type].filter((privilege) => listed.includes(toApi(privilege)))
}

/** A privilege as the API writes it. */
export function toApi(privilege: Privilege): string {
  return privilege.replaceAll(' ', '_')
}

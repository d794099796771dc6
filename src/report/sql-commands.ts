import type { Redactor } from '../secrets/masks/redactor.js'
import type { SqlGrant } from '../stores/sync-error.js'
import { isSafeToShow } from './untrusted-text.js'

/** The most statements in an explanation. */
const MAX_STATEMENTS = 20

/** Stands for the identity of a run that is not known. */
const UNKNOWN = 'PRINCIPAL'

/**
 * The statements that grant privileges of Unity Catalog, for a SQL editor: at most {@link MAX_STATEMENTS}, without those to
 * principals of the input that must not be shown.
 *
 * @param identity The identity of this run, for grants that name no principal; undefined where it is not known.
 */
export function grantStatements(
  grants: readonly SqlGrant[],
  identity: string | undefined,
  redactor: Redactor,
): string[] {
  const isShown = (name: string | undefined): name is string =>
    name !== undefined && isSafeToShow(name, redactor, 'input')
  const us = isShown(identity) ? identity : UNKNOWN
  return grants
    .filter(({ principal }) => principal === undefined || isShown(principal))
    .slice(0, MAX_STATEMENTS)
    .map(
      (grant) => `GRANT ${grant.privileges} ON ${securableOf(grant)} TO ${quoteName(grant.principal ?? us)};`,
    )
}

/** The statement that revokes privileges on a securable of Unity Catalog. */
export function revokeStatement(grant: SqlGrant & { readonly principal: string }): string {
  return `REVOKE ${grant.privileges} ON ${securableOf(grant)} FROM ${quoteName(grant.principal)};`
}

/** Whether a command to copy is one of these statements, and not one for a shell. */
export function isSqlStatement(command: string): boolean {
  return /^(?:GRANT|REVOKE) /.test(command)
}

/** The type and the full name of a securable. No part of a full name contains a period. */
function securableOf({ type, name }: SqlGrant): string {
  return `${type.toUpperCase()} ${name.split('.').map(quoteName).join('.')}`
}

/**
 * A name in backticks, always: a hyphen, an at sign, a blank or a reserved word is only allowed there. A backtick in it is
 * doubled (Databricks SQL, delimited identifiers).
 */
function quoteName(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``
}

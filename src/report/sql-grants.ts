import type { Redactor } from '../secrets/masks/redactor.js'
import type { MissingGrant } from '../stores/sync-error.js'
import { isSafeToShow } from './untrusted-text.js'

/** Stands for the identity of a run that is not known. */
const UNKNOWN = 'PRINCIPAL'

/**
 * The statements that grant privileges of Unity Catalog, for a SQL editor.
 *
 * @param principal The identity of this run; undefined where it is not known.
 */
export function grantStatements(
  grants: readonly MissingGrant[],
  principal: string | undefined,
  redactor: Redactor,
): string[] {
  const isShown =
    principal !== undefined && isSafeToShow(principal, redactor, 'input') && !principal.includes('`')
  return grants.map(
    ({ privileges, securable, name }) =>
      `GRANT ${privileges.join(', ')} ON ${securable} ${name.map(quoted).join('.')} TO ${quoted(isShown ? principal : UNKNOWN)};`,
  )
}

/** An identifier of SQL. */
function quoted(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``
}

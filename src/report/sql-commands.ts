import type { SqlGrant } from '../stores/sync-error.js'

/** The statement that grants privileges on a securable of Unity Catalog. */
export function grantStatement({ type, name, principal, privileges }: SqlGrant): string {
  return `GRANT ${privileges} ON ${type.toUpperCase()} ${quoteFullName(name)} TO ${quoteName(principal)};`
}

/** The statement that revokes privileges on a securable of Unity Catalog. */
export function revokeStatement({ type, name, principal, privileges }: SqlGrant): string {
  return `REVOKE ${privileges} ON ${type.toUpperCase()} ${quoteFullName(name)} FROM ${quoteName(principal)};`
}

/** A full name such as `main.storage`, with backticks around each part that is not a plain identifier. */
function quoteFullName(name: string): string {
  return name
    .split('.')
    .map((part) => (/^[a-z_]\w*$/i.test(part) ? part : quoteName(part)))
    .join('.')
}

/** A name in backticks: a hyphen, an at sign or a blank is only allowed there. A backtick in it is doubled (Databricks SQL). */
function quoteName(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``
}

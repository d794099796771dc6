import type { Identity } from '../databricks/identity-api.js'
import { normalizePrincipal } from './permission-plan.js'

/** Whether this run has the permissions of a principal: by its name, by a group, or as one of all users. */
export function isOurs(principal: string, me: Identity): boolean {
  return isEveryone(principal) || me.groups.includes(principal) || isOnePrincipal(principal, me.name)
}

/** Whether this run may have the permissions of a principal: group names may be case-insensitive. */
export function mayBeOurs(principal: string, me: Identity): boolean {
  return isEveryone(principal) || isAmong(principal, [...me.groups, me.name])
}

/** Whether two names certainly mean one principal: e-mails and application ids are case-insensitive. */
export function isOnePrincipal(one: string, other: string): boolean {
  return one === other || (!isGroupName(one) && normalizePrincipal(one) === normalizePrincipal(other))
}

/** Whether one of the names may mean the principal (case-insensitive). */
export function isAmong(principal: string, names: readonly string[]): boolean {
  return names.some((name) => normalizePrincipal(name) === normalizePrincipal(principal))
}

/** Finds the entry of a principal: in the same spelling, otherwise case-insensitive. */
export function findPrincipal<T extends { readonly principal: string }>(
  listed: readonly T[],
  principal: string,
): T | undefined {
  return (
    listed.find((each) => each.principal === principal) ??
    listed.find((each) => normalizePrincipal(each.principal) === normalizePrincipal(principal))
  )
}

/** Whether a group has all users: those of the workspace, or in Unity Catalog, those of the account. */
export function isEveryone(principal: string): boolean {
  return principal === 'users' || principal === 'account users'
}

function isGroupName(principal: string): boolean {
  return !principal.includes('@') && !/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(principal)
}

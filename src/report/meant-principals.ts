import { nearestNames } from '../inputs/nearest-names.js'
import type { Redactor } from '../secrets/masks/redactor.js'
import { normalizePrincipal, type PermissionPlan } from '../stores/permission-plan.js'
import { plannedRemovals } from '../stores/planned-removals.js'
import { isSafeToShow } from './untrusted-text.js'

/** The most principals that a name is compared with. A store can have any number of them. */
const MAX_COMPARED = 500

/** The most new principals that a dry run compares. */
const MAX_NEW = 20

/**
 * The principals with access that a principal of the input may mean, if it is misspelt: {@link nearestNames}, without those that
 * the input names. Their names are untrusted text.
 */
export function meantPrincipals(principal: string, plan: PermissionPlan): string[] {
  const { permissions, others, otherAccess = [] } = plan
  const named = new Set(
    permissions.filter(({ action }) => action !== 'remove').map((each) => normalizePrincipal(each.principal)),
  )
  const withAccess = [...others, ...plannedRemovals(plan), ...otherAccess].map((each) => each.principal)
  const candidates = withAccess.filter((each) => !named.has(normalizePrincipal(each)))
  return nearestNames(principal, [...new Set(candidates)].slice(0, MAX_COMPARED))
}

/** The principals of the input to which the plan gives a first permission: at most {@link MAX_NEW}, each once. */
export function newPrincipals({ sets }: PermissionPlan): string[] {
  const all = sets.filter(({ from }) => from === undefined).map(({ principal }) => principal)
  return [...new Set(all)].slice(0, MAX_NEW)
}

/**
 * Whether the input may mean this principal by another spelling: in other capitals, or in a dry run, which does not know whether
 * the principals of the input exist, by a name near to it.
 */
export function mayBeMeant(principal: string, plan: PermissionPlan, dryRun: boolean): boolean {
  const name = normalizePrincipal(principal)
  return (
    plan.permissions.some(
      (each) => each.action !== 'remove' && normalizePrincipal(each.principal) === name,
    ) ||
    (dryRun && newPrincipals(plan).some((each) => meantPrincipals(each, plan).includes(principal)))
  )
}

/** Lists names in quotes, without those that must not be shown; undefined if none can be shown. */
export function quoteNames(names: readonly string[], redactor: Redactor): string | undefined {
  const shown = names.filter((name) => isSafeToShow(name, redactor, 'untrusted'))
  return shown.length === 0 ? undefined : shown.map((name) => `"${name}"`).join(' or ')
}

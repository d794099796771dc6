import type { ConsumerSearch, KindStatus } from '../consumers/consumer.js'
import type { SearchedScope } from '../consumers/scope-index.js'
import { normalizeKey } from '../secrets/key.js'
import type { Plan } from './plan.js'
import type { Target } from './target.js'

/** Searches for what refers to the keys of some scopes. Never throws. */
export type SearchForConsumers = (scopes: readonly SearchedScope[]) => Promise<ConsumerSearch>

/** Why prune does not delete a key: something refers to it, or a part of the search failed and may succeed later. */
export type Retention = 'referenced' | 'search-failed'

/** The scopes to search for: those of the targets with `consumers`. */
export function scopesToSearch(
  targets: readonly { readonly options: Target['options']; readonly plan: Plan }[],
): SearchedScope[] {
  return targets.flatMap(({ options, plan }) =>
    options.consumers
      ? [
          {
            scope: plan.store.name,
            keysOfRun: plan.keys.flatMap((each) => (each.action === 'delete' ? [] : [each.key])),
            existingKeys: plan.store.keys.map(({ name }) => name),
          },
        ]
      : [],
  )
}

/** Tells why a key must not be deleted; undefined if it may be. */
export type RetentionOf = (key: string) => Retention | undefined

/**
 * Decides which planned deletes of a target a search forbids.
 *
 * @param search Undefined if the run does not search.
 */
export function retentionOf(
  { options, plan }: { readonly options: Target['options']; readonly plan: Plan },
  search: ConsumerSearch | undefined,
): RetentionOf {
  if (search === undefined || !options.consumers) return () => undefined
  const scope = normalizeKey(plan.store.name)
  // Code may resolve a reference that the workspace does not.
  const referenced = new Set(
    [...search.references, ...search.unresolved].flatMap((reference) =>
      reference.key !== undefined && normalizeKey(reference.scope) === scope
        ? [normalizeKey(reference.key)]
        : [],
    ),
  )
  const isIncomplete = Object.values(search.kinds).some(mayFindMoreLater)
  return (key) => {
    if (referenced.has(normalizeKey(key))) return 'referenced'
    return isIncomplete ? 'search-failed' : undefined
  }
}

/** Whether the same search may find more of a kind later. */
export function mayFindMoreLater(status: KindStatus): boolean {
  return status.status === 'failed' && status.transient
}

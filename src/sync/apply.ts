import type { SecretsApi } from '../databricks/secrets-api.js'
import type { Plan, PlannedKey } from './plan.js'
import type { KeyResult } from './result.js'

/** Requests in flight at most: workspaces have been seen to refuse more than 20 at once. */
const CONCURRENCY = 16

/**
 * Puts every secret of the plan. One failure does not stop the others: each key ends as itself in the result, which
 * has the order of the plan.
 */
export async function applyPlan(api: SecretsApi, { scope, keys }: Plan): Promise<KeyResult[]> {
  return await inParallel(keys, CONCURRENCY, async ({ entry: { key, value }, action }: PlannedKey) => {
    try {
      await api.putSecret(scope.name, key, value.reveal())
      return { key, outcome: action === 'create' ? 'created' : 'updated' }
    } catch (error) {
      return { key, outcome: 'failed', error }
    }
  })
}

/** Does the work for each item, for no more than `limit` at a time, and gives the results in the items' order. */
async function inParallel<Item, Result>(
  items: readonly Item[],
  limit: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  const rest = items.entries()
  await Promise.all(
    Array.from({ length: limit }, async () => {
      // All workers draw from the same iterator, so each item is taken once.
      for (const [index, item] of rest) results[index] = await work(item)
    }),
  )
  return results
}

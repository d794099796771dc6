/** Requests in flight at most: workspaces have been seen to refuse more than 20 at once. */
const CONCURRENCY = 16

/** Does the work for each item, for so many at a time as a workspace takes, and gives the results in the items' order. */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  const rest = items.entries()
  await Promise.all(
    Array.from({ length: CONCURRENCY }, async () => {
      // All workers draw from the same iterator, so each item is taken once.
      for (const [index, item] of rest) results[index] = await work(item)
    }),
  )
  return results
}

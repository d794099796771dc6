/**
 * So many are begun at once: twice as many as may be under way (`concurrency`), so that those that wait to be sent again
 * do not keep the others back. Each holds a few kilobytes while it waits, and a scope has a thousand keys.
 */
const BEGUN_AT_ONCE = 128

/** Does the work for each of the items, side by side, and gives what comes of it in their order; rejects with the first error. */
export async function inTurn<Item, Outcome>(
  items: readonly Item[],
  work: (item: Item) => Promise<Outcome>,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  const rest = items.entries()
  const worker = async (): Promise<void> => {
    for (const [at, item] of rest) outcomes[at] = await work(item)
  }
  await Promise.all(Array.from({ length: BEGUN_AT_ONCE }, worker))
  return outcomes
}

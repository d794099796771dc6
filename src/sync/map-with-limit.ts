/**
 * How many items are worked on at the same time. Items that wait for a retry do not count, so that they do not hold up the
 * others. Each item takes a few kilobytes while it waits, and a scope can have a thousand keys.
 */
const MAX_ACTIVE = 128

/**
 * Maps items with an asynchronous function, up to {@link MAX_ACTIVE} at a time. The outcomes have the order of the items.
 * Rejects with the first error.
 *
 * @param work Calls `onRetry` when it starts to wait for a retry: then another item starts in its place.
 */
export async function mapWithLimit<Item, Outcome>(
  items: readonly Item[],
  work: (item: Item, onRetry: () => void) => Promise<Outcome>,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  const rest = items.entries()
  await new Promise<void>((resolve, reject) => {
    let active = 0
    const startNext = (): void => {
      const next = rest.next()
      if (next.done === true) {
        if (active === 0) resolve()
        return
      }
      const [index, item] = next.value
      let holdsPlace = true
      const releasePlace = (): void => {
        if (!holdsPlace) return
        holdsPlace = false
        startNext()
      }
      active++
      work(item, releasePlace).then((outcome) => {
        outcomes[index] = outcome
        active--
        if (holdsPlace) startNext()
        else if (active === 0) resolve()
      }, reject)
    }
    for (let place = 0; place < MAX_ACTIVE; place++) startNext()
  })
  return outcomes
}

/**
 * So many are begun at once, not counting those that wait to be retried: failing ones must not keep the others back. Each
 * holds a few kilobytes while it waits, and a scope has a thousand keys.
 */
const BEGUN_AT_ONCE = 128

/**
 * Does the work for each of the items, side by side, and returns the outcomes in their order; rejects with the first error.
 *
 * @param work Calls `onRetry` when it waits to be retried: then another item begins in its place.
 */
export async function mapWithLimit<Item, Outcome>(
  items: readonly Item[],
  work: (item: Item, onRetry: () => void) => Promise<Outcome>,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  const rest = items.entries()
  await new Promise<void>((resolve, reject) => {
    let underWay = 0
    const begin = (): void => {
      const next = rest.next()
      if (next.done === true) {
        if (underWay === 0) resolve()
        return
      }
      const [at, item] = next.value
      let holdsPlace = true
      const leavePlace = (): void => {
        if (!holdsPlace) return
        holdsPlace = false
        begin()
      }
      underWay++
      work(item, leavePlace).then((outcome) => {
        outcomes[at] = outcome
        underWay--
        if (holdsPlace) begin()
        else if (underWay === 0) resolve()
      }, reject)
    }
    for (let location = 0; location < BEGUN_AT_ONCE; location++) begin()
  })
  return outcomes
}

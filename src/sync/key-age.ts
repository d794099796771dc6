import { normalizeKey } from '../secrets/key.js'
import { isWritten, type Result } from './result.js'

const DAY_MS = 24 * 60 * 60 * 1_000

/** A key that this run has not written, and how long ago somebody did. */
export interface KeyAge {
  /** In the map's spelling if it is in the map, in the workspace's if it is not. */
  readonly key: string
  /** The time since its last update in whole days of 24 hours; undefined where the workspace does not tell. */
  readonly days: number | undefined
  /** Whether it is older than the input `max-age-days` allows. */
  readonly stale: boolean
}

/**
 * Tells the age of every key that is in the scope after the run and was not written by it: those of the map in its order,
 * then all others in the order of the scope. After a dry run, that is every key.
 *
 * @param maxAgeDays Beyond how many days of 24 hours a key is stale; undefined for never.
 * @param now In ms since the epoch.
 */
export function keyAges(
  { dryRun, plan, keys }: Result,
  maxAgeDays: number | undefined,
  now: number,
): KeyAge[] {
  const written = new Set(dryRun ? [] : keys.filter(isWritten).map(({ key }) => normalizeKey(key)))
  const order = new Map(keys.map(({ key }, index) => [normalizeKey(key), { key, index }]))
  const indexOf = (name: string): number => order.get(normalizeKey(name))?.index ?? Infinity
  return (plan?.scope.keys ?? [])
    .filter(({ name }) => !written.has(normalizeKey(name)))
    .sort((a, b) => (indexOf(a.name) === indexOf(b.name) ? 0 : indexOf(a.name) - indexOf(b.name)))
    .map(({ name, lastUpdated }) => {
      // Clocks differ a little. A time that is further ahead has another unit perhaps, and would look fresh for good.
      const isKnown = lastUpdated !== undefined && lastUpdated < now + DAY_MS
      const age = isKnown ? Math.max(0, now - lastUpdated) : undefined
      return {
        key: order.get(normalizeKey(name))?.key ?? name,
        days: age === undefined ? undefined : Math.floor(age / DAY_MS),
        stale: age !== undefined && maxAgeDays !== undefined && age > maxAgeDays * DAY_MS,
      }
    })
}

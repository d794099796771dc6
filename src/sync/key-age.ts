import { normalizeKey } from '../secrets/key.js'
import { isWritten, type TargetResult } from './result.js'

const DAY_MS = 24 * 60 * 60 * 1_000

/** The age of a key that this run did not write. */
export interface KeyAge {
  /** In the spelling of the map, or of the workspace for a key outside the map. */
  readonly key: string
  /** The time since its last update, in whole days of 24 hours; undefined where the workspace does not report it. */
  readonly days: number | undefined
  /** Whether it is older than `max-age-days`. */
  readonly stale: boolean
}

/**
 * Computes the age of every key that exists after the run and that the run did not write. Keys of the map come first, in
 * its order, then all others in the order of the target. After a dry run, these are all keys.
 *
 * @param maxAgeDays The days of 24 hours after which a key is stale; undefined for never.
 * @param now In ms since the epoch.
 */
export function keyAges(
  { plan, keys }: TargetResult,
  dryRun: boolean,
  maxAgeDays: number | undefined,
  now: number,
): KeyAge[] {
  const written = new Set(dryRun ? [] : keys.filter(isWritten).map(({ key }) => normalizeKey(key)))
  const order = new Map(keys.map(({ key }, index) => [normalizeKey(key), { key, index }]))
  const indexOf = (name: string): number => order.get(normalizeKey(name))?.index ?? Infinity
  return (plan?.store.keys ?? [])
    .filter(({ name }) => !written.has(normalizeKey(name)))
    .sort((a, b) => (indexOf(a.name) === indexOf(b.name) ? 0 : indexOf(a.name) - indexOf(b.name)))
    .map(({ name, lastUpdated }) => {
      // Clocks differ a little. A time further in the future may have another unit, and would never become stale.
      const isKnown = lastUpdated !== undefined && lastUpdated < now + DAY_MS
      const age = isKnown ? Math.max(0, now - lastUpdated) : undefined
      return {
        key: order.get(normalizeKey(name))?.key ?? name,
        days: age === undefined ? undefined : Math.floor(age / DAY_MS),
        stale: age !== undefined && maxAgeDays !== undefined && age > maxAgeDays * DAY_MS,
      }
    })
}

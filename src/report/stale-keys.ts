import { normalizeKey } from '../secrets/key.js'
import type { TargetReport } from './report.js'

/**
 * The keys to rotate: those older than `max-age-days`, and those that have ended or end soon. Keys of the map come first, in
 * its order, then all others in the order of the target.
 */
export function staleKeys({
  result,
  ages,
  expiries,
}: Pick<TargetReport, 'result' | 'ages' | 'expiries'>): string[] {
  const stale = [...ages.filter((each) => each.stale), ...expiries].map(({ key }) => key)
  const order = [
    ...result.keys.map(({ key }) => key),
    ...(result.plan?.store.keys ?? []).map(({ name }) => name),
  ]
  const positions = new Map([...order.entries()].reverse().map(([index, key]) => [normalizeKey(key), index]))
  const positionOf = (key: string): number => positions.get(normalizeKey(key)) ?? Infinity
  return [...new Set(stale)].sort((one, other) => positionOf(one) - positionOf(other))
}

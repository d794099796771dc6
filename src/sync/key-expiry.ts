import { normalizeKey } from '../secrets/key.js'
import { isWritten, type TargetResult } from './result.js'

const DAY_MS = 24 * 60 * 60 * 1_000

/** How long before its end a secret is reported, in days of 24 hours. */
export const WARN_BEFORE_DAYS = 14

/** A secret that has ended, or ends soon. */
export interface KeyExpiry {
  /** In the spelling of the map, or of the workspace for a key outside the map. */
  readonly key: string
  readonly hasEnded: boolean
  /** The time from or until its end, in whole days of 24 hours. */
  readonly days: number
  /** Whether this run wrote it. */
  readonly isWritten: boolean
}

/**
 * Finds the secrets that exist after the run and have ended, or end within {@link WARN_BEFORE_DAYS}. Keys of the map come
 * first, in its order. In a dry run, these are the ends before the run.
 *
 * @param now In ms since the epoch.
 */
export function keyExpiries({ plan, keys }: TargetResult, dryRun: boolean, now: number): KeyExpiry[] {
  const listed = new Map((plan?.store.keys ?? []).map((each) => [normalizeKey(each.name), each]))
  const ofPlan = keys.map((result) => {
    const { key, outcome } = result
    const before = listed.get(normalizeKey(key))
    listed.delete(normalizeKey(key))
    const secret = (outcome === 'failed' ? undefined : result.secret) ?? before
    const isGone = outcome === 'deleted' && !dryRun
    return { key, expires: isGone ? undefined : secret?.expires, isWritten: !dryRun && isWritten(result) }
  })
  const others = [...listed.values()].map(({ name, expires }) => ({ key: name, expires, isWritten: false }))
  return [...ofPlan, ...others].flatMap(({ key, expires, isWritten }) => {
    if (expires === undefined || expires - now > WARN_BEFORE_DAYS * DAY_MS) return []
    return { key, hasEnded: expires <= now, days: Math.floor(Math.abs(expires - now) / DAY_MS), isWritten }
  })
}

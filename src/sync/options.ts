import type { NamePattern } from '../secrets/name-patterns.js'
import type { IfExists } from '../stores/store.js'

/** The values of the input `if-exists`. */
export const IF_EXISTS = ['update', 'compare', 'keep'] as const satisfies readonly IfExists[]

/** Which keys outside the map are deleted. */
export interface PruneOptions {
  /** Only keys that start with this (case-insensitive); empty for all. */
  readonly keyPrefix: string
  /** Keys that match one of these are not deleted. */
  readonly exclude: readonly NamePattern[]
  /** A plan that deletes more keys is refused. */
  readonly limit: number
}

/** How a run writes the map to a target. */
export interface SyncOptions {
  readonly ifExists: IfExists
  /** Undefined to delete nothing. */
  readonly prune: PruneOptions | undefined
  /** Whether to search for what refers to the keys. Such a key is never deleted. Only for a scope. */
  readonly consumers: boolean
  /** Whether to read every written value back. */
  readonly verify: boolean
  /** Keys whose last update is more days ago are reported; undefined to report none. */
  readonly maxAgeDays: number | undefined
}

import type { NamePattern } from '../secrets/name-patterns.js'

/** The values of the input `if-exists`. */
export const IF_EXISTS = ['update', 'compare', 'keep'] as const

/** What to do with a key of the map that already exists: see action.yml. */
export type IfExists = (typeof IF_EXISTS)[number]

/** Which keys outside the map are deleted. */
export interface PruneOptions {
  /** Only keys that start with this (case-insensitive); empty for all. */
  readonly keyPrefix: string
  /** Keys that match one of these are not deleted. */
  readonly exclude: readonly NamePattern[]
  /** A plan that deletes more keys is refused. */
  readonly limit: number
}

/** How a run writes the map to the scope. */
export interface SyncOptions {
  readonly ifExists: IfExists
  /** Undefined to delete nothing. */
  readonly prune: PruneOptions | undefined
  /** Whether to read every written value back. */
  readonly verify: boolean
  /** Keys whose last update is more days ago are reported; undefined to report none. */
  readonly maxAgeDays: number | undefined
}

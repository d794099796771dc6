import type { NamePattern } from '../secrets/name-patterns.js'

/** What the input `if-exists` takes. */
export const IF_EXISTS = ['update', 'compare', 'keep'] as const

/** What to do with a key of the map that is in the scope: see action.yml. */
export type IfExists = (typeof IF_EXISTS)[number]

/** Which of the keys that are not in the map go. */
export interface PruneOptions {
  /** Only keys that begin with this, in any case of letters; empty for all. */
  readonly keyPrefix: string
  /** Keys that match one of these are not deleted. */
  readonly exclude: readonly NamePattern[]
  /** A plan that deletes more is refused. */
  readonly limit: number
}

/** How the map is brought into the scope. */
export interface SyncOptions {
  readonly ifExists: IfExists
  /** Undefined where nothing is to be deleted. */
  readonly prune: PruneOptions | undefined
  /** Whether to read every written value back. */
  readonly verify: boolean
  /** Whether to read and plan alone. */
  readonly dryRun: boolean
  /** Keys whose last update is older than so many days are reported; undefined for none. */
  readonly maxAgeDays: number | undefined
}

import type { SecretMap } from '../secrets/secret-map.js'
import type { DesiredPermissions } from '../stores/permission-plan.js'
import type { DesiredStore } from '../stores/store-definition.js'
import type { Store } from '../stores/store.js'
import type { SyncOptions } from './options.js'

/** A scope or schema, and everything that a run should write to it, as the inputs describe it. */
export interface Target {
  readonly store: DesiredStore
  readonly secrets: SecretMap
  /** Keys that are never deleted, although they are not in the map: their names were left out of it. */
  readonly neverPruned: readonly string[]
  /** The permissions to set and remove. */
  readonly permissions: DesiredPermissions
  readonly options: SyncOptions
  /** Whether the name of a key outside the map may be printed. If not, the key is neither deleted nor reported. */
  readonly isPrintableName: (key: string) => boolean
}

/** A target with the calls for its store. */
export interface ConnectedTarget extends Target {
  readonly connection: Store
}

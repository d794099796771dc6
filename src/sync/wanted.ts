import type { SecretMap } from '../secrets/secret-map.js'
import type { SyncOptions } from './options.js'
import type { WantedPermission } from './permissions.js'
import type { WantedScope } from './scope.js'

/** What a run is to bring about. */
export interface Wanted {
  readonly secrets: SecretMap
  readonly scope: WantedScope
  /** Keys that are not in the map and are not deleted either: those of names that were left out of it. */
  readonly neverPruned: readonly string[]
  /** Who is to have which permission on the scope; empty where that is left alone. */
  readonly permissions: readonly WantedPermission[]
  readonly options: SyncOptions
  /** Whether the name of a key that is not in the map can be told. If not, it is neither deleted nor reported. */
  readonly canBeNamed: (key: string) => boolean
}

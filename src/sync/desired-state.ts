import type { SecretMap } from '../secrets/secret-map.js'
import type { SyncOptions } from './options.js'
import type { DesiredPermission } from './permissions.js'
import type { DesiredScope } from './scope.js'

/** What a run is to bring about. */
export interface DesiredState {
  readonly secrets: SecretMap
  readonly scope: DesiredScope
  /** Keys that are not in the map and are not deleted either: those of names that were left out of it. */
  readonly neverPruned: readonly string[]
  /** Who is to have which permission on the scope; empty where that is left alone. */
  readonly permissions: readonly DesiredPermission[]
  readonly options: SyncOptions
  /** Whether the name of a key that is not in the map can be told. If not, it is neither deleted nor reported. */
  readonly isPrintableName: (key: string) => boolean
}

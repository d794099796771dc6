import type { SecretMap } from '../secrets/secret-map.js'
import type { SyncOptions } from './options.js'
import type { DesiredPermission } from './permissions.js'
import type { DesiredScope } from './scope.js'

/** The state that a run creates in the workspace, as the inputs describe it. */
export interface DesiredState {
  readonly secrets: SecretMap
  readonly scope: DesiredScope
  /** Keys that are never deleted, although they are not in the map: their names were left out of it. */
  readonly neverPruned: readonly string[]
  /** The permissions to set on the scope; empty to leave them alone. */
  readonly permissions: readonly DesiredPermission[]
  readonly options: SyncOptions
  /** Whether the name of a key outside the map may be printed. If not, the key is neither deleted nor reported. */
  readonly isPrintableName: (key: string) => boolean
}

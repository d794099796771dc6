import { AuthError } from '../databricks/auth/auth-error.js'
import { WorkspaceError } from '../databricks/workspace-error.js'
import { normalizeKey } from '../secrets/key.js'
import type { SecretMap } from '../secrets/secret-map.js'
import type { Store, StoreContents } from '../stores/store.js'
import { readBack } from './read-back.js'

/** How the stored values compare with the values of the map. */
export interface Comparison {
  /** The normalized keys (see {@link normalizeKey}) that already have the value of the map. */
  readonly same: ReadonlySet<string>
  /** The keys whose value could not be read, in the spelling of the map. */
  readonly unreadable: readonly string[]
  /** The error of the first of them. */
  readonly error?: unknown
}

/**
 * Compares the stored values with the values of the map. A value that cannot be read counts as different and is
 * written, as without a comparison. So a read that fails never keeps a secret from being written.
 *
 * @throws {WorkspaceError | AuthError} if the run was cancelled or its token is no longer accepted: a write would fail
 * too, and the plan of a dry run would be wrong.
 */
export async function compareValues(
  store: Store,
  map: SecretMap,
  contents: StoreContents,
): Promise<Comparison> {
  const present = new Set(contents.keys.map(({ name }) => normalizeKey(name)))
  const entries = map.filter(({ key }) => present.has(normalizeKey(key)))
  const read = await readBack(store, entries, { optional: true })
  for (const each of read) if (each.outcome === 'unreadable' && endsTheRun(each.error)) throw each.error
  const keysOf = (outcome: string): string[] =>
    entries.filter((_, index) => read[index]?.outcome === outcome).map(({ key }) => key)
  const unreadable = read.find((each) => each.outcome === 'unreadable')
  return {
    same: new Set(keysOf('same').map(normalizeKey)),
    unreadable: keysOf('unreadable'),
    ...(unreadable !== undefined && { error: unreadable.error }),
  }
}

function endsTheRun(error: unknown): boolean {
  if (error instanceof AuthError) return true
  return error instanceof WorkspaceError && (error.failure === 'cancelled' || error.isTokenRejected)
}

import { AuthError } from '../databricks/auth/auth-error.js'
import type { SecretsApi } from '../databricks/secrets-api.js'
import { WorkspaceError } from '../databricks/workspace-error.js'
import { normalizeKey } from '../secrets/key.js'
import type { SecretMap } from '../secrets/secret-map.js'
import { readBack } from './read-back.js'
import type { ExistingScope } from './scope.js'

/** What is known of the values that the scope has under keys of the map. */
export interface Comparison {
  /** The keys whose value is the map's already, as {@link normalizeKey} has them. */
  readonly same: ReadonlySet<string>
  /** The keys whose value could not be read, in the map's spelling. */
  readonly unreadable: readonly string[]
  /** Why the first of them could not. */
  readonly error?: unknown
}

/**
 * Compares the values in the scope with those of the map. A value that cannot be read counts as another one: it is put,
 * as it would be without a comparison, so no refused or failed read keeps a secret from arriving.
 *
 * @throws {WorkspaceError | AuthError} when the run was cancelled, or is no longer let in: a put would fare no
 * better, and a dry run would tell a plan that nobody can carry out.
 */
export async function compareValues(
  api: SecretsApi,
  map: SecretMap,
  scope: ExistingScope,
): Promise<Comparison> {
  const present = new Set(scope.keys.map(({ name }) => normalizeKey(name)))
  const entries = map.filter(({ key }) => present.has(normalizeKey(key)))
  const read = await readBack(api, scope.name, entries, { optional: true })
  for (const each of read) if (each.outcome === 'unreadable' && isTheEnd(each.error)) throw each.error
  const keysOf = (outcome: string): string[] =>
    entries.filter((_, index) => read[index]?.outcome === outcome).map(({ key }) => key)
  const failed = read.find((each) => each.outcome === 'unreadable')
  return {
    same: new Set(keysOf('same').map(normalizeKey)),
    unreadable: keysOf('unreadable'),
    ...(failed !== undefined && { error: failed.error }),
  }
}

function isTheEnd(error: unknown): boolean {
  if (error instanceof AuthError) return true
  return error instanceof WorkspaceError && (error.failure === 'cancelled' || error.isTokenRejected)
}

import type { SecretsApi } from '../databricks/secrets-api.js'
import { isNotFound } from '../databricks/workspace-error.js'
import { normalizeKey } from '../secrets/key.js'
import { mapWithLimit } from './map-with-limit.js'
import type { Plan, PlannedKey } from './plan.js'
import { EXPECTED_OUTCOMES, type KeyResult } from './result.js'
import { SyncError } from './sync-error.js'
import { verify } from './verify.js'

/**
 * Applies the plan for the keys: writes the secrets in parallel, verifies them if that is enabled, then deletes keys.
 *
 * One failure does not stop the others. The result has an entry for each key, in the order of the plan. Keys are deleted
 * only if everything before succeeded.
 *
 * @param options.verify Whether to read every written value back.
 * @param options.onDelete Called with the keys to delete, before the first delete. Not called if there are none.
 */
export async function applyKeys(
  api: SecretsApi,
  { scope, keys }: Plan,
  options: { readonly verify: boolean; readonly onDelete: (keys: readonly string[]) => void },
): Promise<KeyResult[]> {
  const mapKeys = keys.filter((planned) => planned.action !== 'delete')
  let results = await mapWithLimit(
    mapKeys,
    async (planned, onRetry) => await write(api, scope.name, planned, onRetry),
  )
  if (options.verify) results = await verify(api, scope.name, mapKeys, results)

  const deletes = keys.filter(({ action }) => action === 'delete').map(({ key }) => key)
  if (deletes.length === 0) return results
  const failed = results.filter(({ outcome }) => outcome === 'failed').length
  if (failed > 0) {
    const error = new SyncError(
      'prune',
      'Not deleted, because another key failed: it is still in the scope. The next run that succeeds deletes it.',
    )
    return [
      ...results,
      ...deletes.map((key): KeyResult => ({ key, outcome: 'failed', error, skipped: true })),
    ]
  }
  options.onDelete(deletes)
  return [...results, ...(await deleteAll(api, scope.name, deletes))]
}

async function write(
  api: SecretsApi,
  scope: string,
  { key, action, entry }: Exclude<PlannedKey, { action: 'delete' }>,
  onRetry: () => void,
): Promise<KeyResult> {
  const outcome = EXPECTED_OUTCOMES[action]
  if (action !== 'create' && action !== 'update') return { key, outcome }
  try {
    await api.putSecret(scope, key, entry.value.reveal(), { onRetry })
    return { key, outcome }
  } catch (error) {
    return { key, outcome: 'failed', error }
  }
}

/**
 * Deletes keys. A key that is already missing counts as deleted: an earlier try or another job deleted it. But the workspace
 * gives the same error for a missing scope, and then all secrets of this run are missing too. So the keys are listed again,
 * and only a key that is not in this list counts as deleted.
 */
async function deleteAll(api: SecretsApi, scope: string, keys: readonly string[]): Promise<KeyResult[]> {
  const results = await mapWithLimit(keys, async (key, onRetry): Promise<KeyResult> => {
    try {
      await api.deleteSecret(scope, key, { onRetry })
      return { key, outcome: 'deleted' }
    } catch (error) {
      return { key, outcome: 'failed', error }
    }
  })
  const isReportedMissing = (result: KeyResult): boolean =>
    result.outcome === 'failed' && isNotFound(result.error)
  if (!results.some(isReportedMissing)) return results
  try {
    const present = new Set((await api.listKeys(scope)).map(({ name }) => normalizeKey(name)))
    return results.map((result) =>
      isReportedMissing(result) && !present.has(normalizeKey(result.key))
        ? { key: result.key, outcome: 'deleted' }
        : result,
    )
  } catch (error) {
    if (isNotFound(error)) return results
    return results.map((result) =>
      isReportedMissing(result) ? { key: result.key, outcome: 'failed', error } : result,
    )
  }
}

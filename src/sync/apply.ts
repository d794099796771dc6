import type { SecretsApi } from '../databricks/secrets-api.js'
import { isNotFound } from '../databricks/workspace-error.js'
import { normalizeKey } from '../secrets/key.js'
import { mapWithLimit } from './map-with-limit.js'
import type { Plan, PlannedKey } from './plan.js'
import { EXPECTED_OUTCOMES, type KeyResult } from './result.js'
import { SyncError } from './sync-error.js'
import { verify } from './verify.js'

/**
 * Carries out what the plan has for the keys: puts, as many at once as the client lets out, then reads them back where
 * that is wanted, then deletes.
 *
 * One failure does not stop the others: each key ends as itself in the result, which has the order of the plan. But
 * nothing is deleted before all that came before has succeeded.
 *
 * @param options.verify Whether to read every written value back.
 * @param options.onDelete Called ahead of the first delete, if there is any, with the keys that are to go.
 */
export async function applyKeys(
  api: SecretsApi,
  { scope, keys }: Plan,
  options: { readonly verify: boolean; readonly onDelete: (keys: readonly string[]) => void },
): Promise<KeyResult[]> {
  const ofMap = keys.filter((planned) => planned.action !== 'delete')
  let results = await mapWithLimit(
    ofMap,
    async (planned, onRetry) => await put(api, scope.name, planned, onRetry),
  )
  if (options.verify) results = await verify(api, scope.name, ofMap, results)

  const deletes = keys.filter(({ action }) => action === 'delete').map(({ key }) => key)
  if (deletes.length === 0) return results
  const failed = results.filter(({ outcome }) => outcome === 'failed').length
  if (failed > 0) {
    const error = new SyncError(
      'Not deleted, since not all secrets arrived: it is still in the scope. The next run that succeeds deletes it.',
    )
    return [
      ...results,
      ...deletes.map((key): KeyResult => ({ key, outcome: 'failed', error, heldBack: true })),
    ]
  }
  options.onDelete(deletes)
  return [...results, ...(await removeAll(api, scope.name, deletes))]
}

async function put(
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
 * Deletes keys. A key that is missing already, after an earlier try or since somebody else has deleted it, counts as deleted.
 * But the workspace answers alike for a missing scope, and then all that this run has written is missing too: so the keys are
 * listed once more, and only a key that the list does not have counts.
 */
async function removeAll(api: SecretsApi, scope: string, keys: readonly string[]): Promise<KeyResult[]> {
  const results = await mapWithLimit(keys, async (key, onRetry): Promise<KeyResult> => {
    try {
      await api.deleteSecret(scope, key, { onRetry })
      return { key, outcome: 'deleted' }
    } catch (error) {
      return { key, outcome: 'failed', error }
    }
  })
  const isSaidToBeMissing = (result: KeyResult): boolean =>
    result.outcome === 'failed' && isNotFound(result.error)
  if (!results.some(isSaidToBeMissing)) return results
  try {
    const present = new Set((await api.listKeys(scope)).map(({ name }) => normalizeKey(name)))
    return results.map((result) =>
      isSaidToBeMissing(result) && !present.has(normalizeKey(result.key))
        ? { key: result.key, outcome: 'deleted' }
        : result,
    )
  } catch (error) {
    if (isNotFound(error)) return results
    return results.map((result) =>
      isSaidToBeMissing(result) ? { key: result.key, outcome: 'failed', error } : result,
    )
  }
}

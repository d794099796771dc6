import { isNotFound } from '../databricks/workspace-error.js'
import { normalizeKey } from '../secrets/key.js'
import type { SecretToWrite, Store } from '../stores/store.js'
import { SyncError } from '../stores/sync-error.js'
import { mapWithLimit } from './map-with-limit.js'
import type { Plan, PlannedKey, PlannedStore } from './plan.js'
import type { RetentionOf } from './keys-in-use.js'
import { EXPECTED_OUTCOMES, kept, type KeyResult } from './result.js'
import type { ConnectedTarget } from './target.js'
import { verify } from './verify.js'

/** A target and its plan. */
export interface PlannedTarget extends Pick<ConnectedTarget, 'connection' | 'options'> {
  readonly plan: Plan
}

/** A planned action for a key of the map. */
type PlannedWrite = Exclude<PlannedKey, { readonly action: 'delete' }>

/**
 * Writes the secrets of all targets in parallel, and then reads them back where `verify` is set. One failure does not stop
 * the others.
 *
 * @returns For each target, the results of the keys of its map, in the order of the plan.
 */
export async function writeKeys(targets: readonly PlannedTarget[]): Promise<KeyResult[][]> {
  const writes = targets.flatMap(({ connection, plan, options: { ifExists } }) => {
    const listed = new Map(plan.store.keys.map((each) => [normalizeKey(each.name), each]))
    return writesOf(plan).map((planned) => ({
      connection,
      planned,
      ifExists,
      listed: listed.get(normalizeKey(planned.key)),
    }))
  })
  const results = await mapWithLimit(writes, write)
  let end = 0
  return await Promise.all(
    targets.map(async ({ connection, plan, options }) => {
      const planned = writesOf(plan)
      const start = end
      end += planned.length
      const written = results.slice(start, end)
      return options.verify ? await verify(connection, planned, written) : written
    }),
  )
}

/**
 * Deletes the planned keys of all targets, target by target, so that the log lists them together.
 *
 * @param hasFailed Whether anything failed before. Then nothing is deleted: a job may still need the old secret.
 * @param retentions For each target, which keys must not be deleted. They count as kept.
 * @param onDelete Called before the first delete of a target.
 * @returns For each target, the results of its planned deletes, in the order of the plan.
 */
export async function deleteKeys(
  targets: readonly PlannedTarget[],
  hasFailed: boolean,
  retentions: readonly RetentionOf[],
  onDelete: (store: PlannedStore, keys: readonly string[]) => void,
): Promise<KeyResult[][]> {
  const results: KeyResult[][] = []
  for (const [index, { connection, plan }] of targets.entries()) {
    const planned = plan.keys.flatMap(({ action, key }) =>
      action === 'delete' ? [{ key, retention: retentions[index]?.(key) }] : [],
    )
    const keys = planned.filter(({ retention }) => retention === undefined).map(({ key }) => key)
    if (keys.length > 0 && !hasFailed) onDelete(plan.store, keys)
    const deleted = (
      hasFailed ? keys.map((key) => skipped(key, connection)) : await deleteAll(connection, keys)
    ).values()
    results.push(
      planned.flatMap(({ key, retention }) =>
        retention === undefined ? (deleted.next().value ?? []) : kept(key, retention),
      ),
    )
  }
  return results
}

function writesOf({ keys }: Plan): PlannedWrite[] {
  return keys.filter((planned) => planned.action !== 'delete')
}

function skipped(key: string, { kind }: Store): KeyResult {
  const error = new SyncError(
    'prune',
    `Not deleted, because another key failed: it is still in the ${kind}. The next run that succeeds deletes it.`,
  )
  return { key, outcome: 'failed', error, skipped: true }
}

/** A planned action, and what it needs. */
interface Write extends Pick<SecretToWrite, 'listed' | 'ifExists'> {
  readonly connection: Store
  readonly planned: PlannedWrite
}

async function write(
  { connection, planned: { key, action, entry }, listed, ifExists }: Write,
  onRetry: () => void,
): Promise<KeyResult> {
  if (action !== 'create' && action !== 'update') return { key, outcome: EXPECTED_OUTCOMES[action] }
  try {
    return { key, ...(await connection.write({ key, value: entry.value, listed, ifExists }, { onRetry })) }
  } catch (error) {
    return { key, outcome: 'failed', error }
  }
}

/**
 * Deletes keys. A key that is already missing counts as deleted: an earlier try or another job deleted it. But the workspace
 * may give the same error for a missing store, and then all secrets of this run are missing too. So the keys are listed
 * again, and only a key that is not in this list counts as deleted.
 */
async function deleteAll(store: Store, keys: readonly string[]): Promise<KeyResult[]> {
  const results = await mapWithLimit(keys, async (key, onRetry): Promise<KeyResult> => {
    try {
      await store.delete(key, { onRetry })
      return { key, outcome: 'deleted' }
    } catch (error) {
      return { key, outcome: 'failed', error }
    }
  })
  const isReportedMissing = (result: KeyResult): boolean =>
    result.outcome === 'failed' && isNotFound(result.error)
  if (!results.some(isReportedMissing)) return results
  try {
    const present = new Set((await store.list()).map(({ name }) => normalizeKey(name)))
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

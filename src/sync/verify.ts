import type { SecretEntry } from '../secrets/secret-map.js'
import type { Store } from '../stores/store.js'
import { SyncError } from '../stores/sync-error.js'
import { readBack } from './read-back.js'
import type { KeyResult } from './result.js'

/**
 * Reads every written value back and compares the bytes. A key fails if its value differs or cannot be read.
 *
 * @param entries The entries of the results, in the same order.
 * @returns The results in the same order.
 */
export async function verify(
  store: Store,
  entries: readonly { readonly entry: SecretEntry }[],
  results: readonly KeyResult[],
): Promise<KeyResult[]> {
  const written = results.map(({ outcome }) => outcome === 'created' || outcome === 'updated')
  const toRead = entries.flatMap(({ entry }, index) => (written[index] === true ? [entry] : []))
  const read = (await readBack(store, toRead)).values()
  return results.map((result, index) => {
    const back = written[index] === true ? read.next().value : undefined
    if (back === undefined || back.outcome === 'same') return result
    const error = back.outcome === 'unreadable' ? back.error : new SyncError('read-back', DIFFERENT)
    return { key: result.key, outcome: 'failed', error, written: true }
  })
}

const DIFFERENT =
  'Written, but the workspace returns another value or none. Another job may write or delete this key. Run the job again. If ' +
  'it fails again, contact Databricks support.'

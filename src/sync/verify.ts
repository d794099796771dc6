import type { SecretsApi } from '../databricks/secrets-api.js'
import type { SecretEntry } from '../secrets/secret-map.js'
import { readBack } from './read-back.js'
import type { KeyResult } from './result.js'
import { SyncError } from './sync-error.js'

/**
 * Reads every value back that was put, and compares the bytes. A key whose value is another one fails, and so does one
 * whose value cannot be read: that it arrived was to be proved.
 *
 * @param entries The entries of the results, in the same order.
 * @returns The results in their order.
 */
export async function verify(
  api: SecretsApi,
  scope: string,
  entries: readonly { readonly entry: SecretEntry }[],
  results: readonly KeyResult[],
): Promise<KeyResult[]> {
  const written = results.map(({ outcome }) => outcome === 'created' || outcome === 'updated')
  const toRead = entries.flatMap(({ entry }, index) => (written[index] === true ? [entry] : []))
  const read = (await readBack(api, scope, toRead)).values()
  return results.map((result, index) => {
    const back = written[index] === true ? read.next().value : undefined
    if (back === undefined || back.outcome === 'same') return result
    const error = back.outcome === 'unreadable' ? back.error : new SyncError(DIFFERENT)
    return { key: result.key, outcome: 'failed', error, written: true }
  })
}

const DIFFERENT =
  'The workspace took it and gives back another value. If no other job puts this key right now, run the job again; if it ' +
  'happens again, ask the support of Databricks.'

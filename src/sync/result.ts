import type { OpenScope } from './scope.js'

/** What may become of a key of the map. */
export const OUTCOMES = ['created', 'updated', 'failed'] as const

/** What became of one key of the map. */
export type KeyResult =
  | { readonly key: string; readonly outcome: 'created' | 'updated' }
  | { readonly key: string; readonly outcome: 'failed'; readonly error: unknown }

/** What a run came to: the one source of the log, the job summary and the outputs. */
export interface Result {
  /** The scope, once it was found or created. */
  readonly scope: OpenScope | undefined
  /** Each key of the map in its order; empty when the run stopped before the first put. */
  readonly keys: readonly KeyResult[]
  /** The error that stopped the run before the first put. */
  readonly stoppedBy?: unknown
}

/** The keys that ended in this way, in the order of the map. */
export function keysThat(outcome: KeyResult['outcome'], { keys }: Result): string[] {
  return keys.filter((each) => each.outcome === outcome).map(({ key }) => key)
}

/** True when the run did all that it was to do. */
export function succeeded(result: Result): boolean {
  return !('stoppedBy' in result) && keysThat('failed', result).length === 0
}

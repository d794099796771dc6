import type { InputError, InputLocation } from './input-error.js'
import type { SecretValue } from '../secret-value.js'

/** A key, its value, and its location in the workflow. */
export interface SecretEntry {
  readonly key: string
  readonly value: SecretValue
  readonly location: InputLocation
  /** The key before `key-case` changed it. A value in the key may be recognizable only in this spelling. */
  readonly uncased?: string
  /** True if `key-case` applies to the whole key: it is the name of a JSON or dotenv map. */
  readonly followsKeyCase?: true
}

/** The secrets to write to the scope, in the order of the workflow. */
export type SecretMap = readonly SecretEntry[]

/** The result of reading one source. */
export interface SourceResult {
  readonly entries: readonly SecretEntry[]
  readonly errors: readonly InputError[]
  /** Values that are not in the entries, such as those of invalid lines. They are only masked, never written. */
  readonly onlyMasked?: readonly SecretValue[]
  /** Names that were left out because their values are credentials of this run. */
  readonly omitted?: readonly string[]
}

/**
 * Makes the entry for a line whose value was found in a variable or a file, so the text before the `=` is surely a key. The
 * error for an empty value prints that key.
 */
export function createEntry(key: string, value: SecretValue, location: InputLocation): SecretEntry {
  return { key, value, location: value.isOnly('') ? { ...location, name: key } : location }
}

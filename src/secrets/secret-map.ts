import type { InputError, InputLocation } from './input-error.js'
import type { SecretValue } from '../secret-value.js'

/** A key, the value it is to have, and the place in the workflow that says so. */
export interface SecretEntry {
  readonly key: string
  readonly value: SecretValue
  readonly location: InputLocation
  /** The key as it was before `key-case`, in which it may be easier to see what it holds. */
  readonly uncased?: string
}

/** The secrets that a run brings to the scope, in the order in which the workflow names them. */
export type SecretMap = readonly SecretEntry[]

/** What reading one source came to: the entries that could be read, and all that is wrong with the others. */
export interface SourceResult {
  readonly entries: readonly SecretEntry[]
  readonly errors: readonly InputError[]
  /** Values of what could not be used: they are masked like the others. */
  readonly discarded?: readonly SecretValue[]
  /** Names that were left out on purpose because they hold a credential of this very run. */
  readonly omitted?: readonly string[]
}

/**
 * The entry of a line whose value was found elsewhere, so that what stands before it is sure to be a key: an empty value
 * is told by that key.
 */
export function createEntry(key: string, value: SecretValue, location: InputLocation): SecretEntry {
  return { key, value, location: value.isOnly('') ? { ...location, name: key } : location }
}

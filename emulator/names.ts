import { invalidParameter } from './errors.js'

const SCOPE_NAME = /^[A-Za-z0-9\-_.@/]{1,128}$/
const KEY = /^[A-Za-z0-9\-_.]{1,128}$/

/**
 * Checks the name of a new scope: 1 to 128 letters, digits, `-`, `_`, `.`, `@` (REST reference) or `/` (seen).
 *
 * @throws ApiError INVALID_PARAMETER_VALUE
 */
export function checkScopeName(name: string): void {
  if (!SCOPE_NAME.test(name)) {
    throw invalidParameter('A scope name has 1 to 128 of these characters: letters, digits, - _ . @ /')
  }
}

/**
 * Checks the key of a secret that is put: 1 to 128 letters, digits, `-`, `_`, `.` (REST reference).
 *
 * @throws ApiError INVALID_PARAMETER_VALUE
 */
export function checkKey(key: string): void {
  if (!KEY.test(key)) {
    throw invalidParameter('A key has 1 to 128 of these characters: letters, digits, - _ .')
  }
}

/** What two spellings of one scope or key have in common: Databricks does not tell `api_key` from `API_KEY`. */
export function caseless(name: string): string {
  // Not the whole of Unicode: toLowerCase would make a K of the Kelvin sign, and find a key by a name it cannot have.
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
}

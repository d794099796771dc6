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
 * Checks the key of a new secret: 1 to 128 letters, digits, `-`, `_`, `.` (REST reference).
 *
 * @throws ApiError INVALID_PARAMETER_VALUE
 */
export function checkKey(key: string): void {
  if (!KEY.test(key)) {
    throw invalidParameter('A key has 1 to 128 of these characters: letters, digits, - _ .')
  }
}

/** Normalizes the name of a scope or key, which is case-insensitive: `api_key` and `API_KEY` are the same. */
export function caseless(name: string): string {
  // Only ASCII: toLowerCase would convert the Kelvin sign to a k, and find a key with an invalid name.
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
}

/** The limit of characters in the name of a key or a scope. */
export const MAX_NAME_LENGTH = 128

/** The rule of the Secrets API for keys, for messages. */
export const KEY_RULE = `a key is 1 to ${MAX_NAME_LENGTH} letters, digits, hyphens, underscores and periods`

/** Whether a text is a valid key. */
export function isKey(text: string): boolean {
  return text.length <= MAX_NAME_LENGTH && /^[A-Za-z0-9_.-]+$/.test(text)
}

/** Whether a text may be an existing key. Other tools also write keys with `/`, like folders. */
export function mayBeExistingKey(text: string): boolean {
  return isKey(text.replaceAll('/', '_'))
}

/** Normalizes a key for comparisons: to Databricks, `API_KEY` and `api_key` are the same key. */
export function normalizeKey(key: string): string {
  return key.toLowerCase()
}

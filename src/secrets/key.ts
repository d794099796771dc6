/** The most secrets that a scope holds (Databricks, "Secret management"). */
export const MAX_KEYS = 1_000

/** The most characters in the name of a key, and of a scope. */
export const MAX_NAME_LENGTH = 128

/** What a key may be (the Secrets API's rule), for messages. */
export const KEY_RULE = `a key is 1 to ${MAX_NAME_LENGTH} letters, digits, hyphens, underscores and periods`

/** Whether a text may be a key. */
export function isKey(text: string): boolean {
  return text.length <= MAX_NAME_LENGTH && /^[A-Za-z0-9_.-]+$/.test(text)
}

/** Whether a text may be the name of a key that another tool has written: such tools make folders, with `/`. */
export function isListedName(text: string): boolean {
  return isKey(text.replaceAll('/', '_'))
}

/** What two spellings of one key have in common: Databricks does not tell `API_KEY` from `api_key`. */
export function normalizeKey(key: string): string {
  return key.toLowerCase()
}

/** The most characters in a key of any target: of a Unity Catalog secret (REST reference). A scope takes fewer. */
export const MAX_KEY_LENGTH = 248

/** The rule for keys, for messages. */
export const KEY_RULE =
  `a key has letters, digits, hyphens, underscores and periods, up to 128 of them in a scope and ${MAX_KEY_LENGTH} in a ` +
  'schema'

/** Whether a text may be a key of a target. Each kind of target refuses more: see `SecretLimits`. */
export function isKey(text: string): boolean {
  return text.length <= MAX_KEY_LENGTH && /^[A-Za-z0-9_.-]+$/.test(text)
}

/** Whether a text may be an existing key. Other tools also write keys with `/`, like folders. */
export function mayBeExistingKey(text: string): boolean {
  return isKey(text.replaceAll('/', '_'))
}

/** Normalizes a key for comparisons: to Databricks, `API_KEY` and `api_key` are the same key. */
export function normalizeKey(key: string): string {
  return key.toLowerCase()
}

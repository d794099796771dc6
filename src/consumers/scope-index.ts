import { allowedEdits, countEdits } from '../edit-distance.js'
import { mayBeExistingKey, normalizeKey } from '../secrets/key.js'

/** A scope whose references are searched. */
export interface SearchedScope {
  readonly scope: string
  /** The keys that this run writes or leaves unchanged. */
  readonly keysOfRun: readonly string[]
  /** The keys that the scope has now. */
  readonly existingKeys: readonly string[]
}

/** What a reference means. */
export type Target =
  | { readonly scope: string; readonly key: string }
  | {
      readonly scope: string
      readonly missing: { readonly key: string | undefined; readonly nearest: string | undefined }
    }

/** Finds the scope and the key that a reference names. Both are case-insensitive. */
export class ScopeIndex {
  /** For each scope, its spelling, and its keys in their spelling. */
  readonly #scopes = new Map<string, { readonly scope: string; readonly keys: Map<string, string> }>()
  readonly #isPrintableName: (key: string) => boolean

  /** @param isPrintableName Whether the name of a key that this run does not know is safe to print. */
  constructor(scopes: readonly SearchedScope[], isPrintableName: (key: string) => boolean) {
    this.#isPrintableName = isPrintableName
    for (const { scope, keysOfRun, existingKeys } of scopes) {
      const { keys } = this.#scopes.get(normalizeKey(scope)) ?? { keys: new Map<string, string>() }
      for (const key of [...existingKeys, ...keysOfRun]) keys.set(normalizeKey(key), key)
      this.#scopes.set(normalizeKey(scope), { scope, keys })
    }
  }

  /** Finds what a pair means. Undefined for another scope, or if it is unknown whether the key exists. */
  find(scope: string, key: string): Target | undefined {
    const known = this.#scopes.get(normalizeKey(scope))
    if (known === undefined) return undefined
    const existing = known.keys.get(normalizeKey(key))
    if (existing !== undefined) return { scope: known.scope, key: existing }
    const isValid = mayBeExistingKey(key)
    // Existing keys with such a name are not known here, because they must not be printed.
    if (isValid && !this.#isPrintableName(key)) return undefined
    const nearest = nearestOf(normalizeKey(key), known.keys)
    return { scope: known.scope, missing: { key: isValid ? copyOf(key) : undefined, nearest } }
  }

  /**
   * Finds what the text between `{{secrets/` and `}}` means. Scopes and keys may contain `/`, so each `/` may be the one
   * between them. The first one counts that gives a key that exists.
   */
  findPath(path: string): Target | undefined {
    let missing: Target | undefined
    for (let slash = path.indexOf('/'); slash !== -1; slash = path.indexOf('/', slash + 1)) {
      const target = this.find(path.slice(0, slash), path.slice(slash + 1))
      if (target !== undefined && 'key' in target) return target
      missing ??= target
    }
    return missing
  }
}

/** The most similar of these keys, if one is similar enough to be meant. */
function nearestOf(key: string, keys: ReadonlyMap<string, string>): string | undefined {
  let nearest: string | undefined
  let least = Infinity
  for (const [normalized, spelling] of keys) {
    const edits = countEdits(key, normalized)
    if (edits < least && edits <= editsFor(normalized)) [nearest, least] = [spelling, edits]
  }
  return nearest
}

/** Short keys may have a mistake, too: a wrong suggestion does no harm. */
function editsFor(key: string): number {
  return key.length < MIN_SIMILAR_LENGTH ? 0 : Math.max(1, allowedEdits(key))
}

/** Of shorter keys, nearly all are similar. */
const MIN_SIMILAR_LENGTH = 3

/** A copy of a part of a text. A slice would keep the whole text in memory. */
function copyOf(part: string): string {
  return Buffer.from(part).toString()
}

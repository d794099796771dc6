import type { InputError, InputLocation } from './input-error.js'

/** A pattern for names: `*` matches any number of characters, `?` one character. */
export interface NamePattern {
  /** Whether the whole name matches, case-insensitive. */
  readonly matches: (name: string) => boolean
  readonly location: InputLocation
}

const EXPECTED =
  'not a pattern. Write one per line, with letters, digits, hyphens, underscores, dots and slashes, * for any number of ' +
  'characters and ? for one'

/**
 * Reads patterns for names, one per line. Blanks around a pattern are ignored. Empty lines and lines that start with `#`
 * are skipped. A character that no name has is an error, because a pattern with `[`, `{` or `!` would never match.
 *
 * Patterns are case-insensitive, like the secrets of GitHub and the keys of Databricks.
 *
 * @param input The input that contains the lines, for the errors.
 */
export function readNamePatterns(
  text: string,
  input: string,
): { patterns: NamePattern[]; errors: InputError[] } {
  const patterns: NamePattern[] = []
  const errors: InputError[] = []
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const pattern = line.trim().toLowerCase()
    if (pattern === '' || line.startsWith('#')) continue
    const location = { input, line: index + 1 }
    if (/^[a-z0-9_.*?/-]+$/.test(pattern)) {
      patterns.push({ matches: (name) => matchesPattern(name.toLowerCase(), pattern), location })
    } else {
      errors.push({ ...location, message: EXPECTED })
    }
  }
  return { patterns, errors }
}

/**
 * Whether a name matches a pattern. After a mismatch it goes back only to the last `*`, so the work is at most the product
 * of the two lengths. A regular expression with many stars could take forever.
 */
function matchesPattern(name: string, pattern: string): boolean {
  let at = 0
  let inPattern = 0
  let star = -1
  let starEnd = 0
  while (at < name.length) {
    if (pattern[inPattern] === '*') {
      star = inPattern++
      starEnd = at
    } else if (pattern[inPattern] === '?' || pattern[inPattern] === name[at]) {
      inPattern++
      at++
    } else if (star >= 0) {
      inPattern = star + 1
      at = ++starEnd
    } else {
      return false
    }
  }
  while (pattern[inPattern] === '*') inPattern++
  return inPattern === pattern.length
}

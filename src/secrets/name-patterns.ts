import type { InputError, InputLocation } from './input-error.js'

/** A pattern over names: `*` stands for any number of characters, `?` for one. */
export interface NamePattern {
  /** Whether a whole name fits, without regard to case. */
  readonly matches: (name: string) => boolean
  readonly location: InputLocation
}

const EXPECTED =
  'not a pattern. Write one a line, of letters, digits, hyphens, underscores, dots and slashes, with * for any number of characters and ? for one'

/**
 * Reads patterns over names, one a line. Blanks around a pattern do not count; empty lines and lines that start with
 * `#` are skipped. A character that no name has is a fault: `[`, `{` or `!` would be a pattern that never matches.
 *
 * They match without regard to case, as GitHub names its secrets and Databricks its keys.
 *
 * @param input The input that holds the lines, for the faults.
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
      patterns.push({ matches: (name) => fits(name.toLowerCase(), pattern), location })
    } else {
      errors.push({ ...location, message: EXPECTED })
    }
  }
  return { patterns, errors }
}

/**
 * Goes back to the last `*` alone when a name stops fitting, so that the work is no more than the product of the two
 * lengths: a regular expression would try every way to share a name among many stars.
 */
function fits(name: string, pattern: string): boolean {
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

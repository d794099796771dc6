const START = '{{secrets/'

/** The longest text between `{{secrets/` and `}}`: two names and a `/`, with some reserve. */
const MAX_LENGTH = 300

/** A `{{secrets/…}}` in a text. */
export interface TextReference {
  /** Where it starts, in UTF-16 code units. */
  readonly start: number
  /** What is between `{{secrets/` and `}}`. */
  readonly path: string
}

/**
 * Finds all `{{secrets/<scope>/<key>}}` in a text, case-insensitive. There must be no blank before `secrets/`. A blank after
 * it belongs to the scope or the key, and neither can contain one.
 *
 * The time is proportional to the length of the text.
 */
export function findTextReferences(text: string): TextReference[] {
  const found: TextReference[] = []
  for (let start = text.indexOf('{{'); start !== -1; start = text.indexOf('{{', start + 1)) {
    const from = start + START.length
    if (text.slice(start, from).toLowerCase() !== START) continue
    const end = endOfName(text, from)
    if (text.startsWith('}}', end)) found.push({ start, path: text.slice(from, end) })
  }
  return found
}

/** The position of the first character that no name contains: a brace or a line break. */
function endOfName(text: string, from: number): number {
  const limit = Math.min(text.length, from + MAX_LENGTH)
  let end = from
  while (end < limit && !'{}\r\n'.includes(text.charAt(end))) end++
  return end
}

import type { Redactor } from '../secrets/redactor.js'

/** Beyond this many characters what the other side says is not looked through, so nothing of it is shown. */
const MAX_LENGTH = 64 * 1024

/** As many characters of it are shown. */
const MAX_SHOWN = 300

/**
 * Makes what came from outside fit to be shown inside a sentence of ours: without the values that this run knows,
 * without markup, on one line, cut, and unable to act as a command of the runner.
 */
export function foreignText(text: string, redactor: Redactor): string {
  if (text.length > MAX_LENGTH) return `(${text.length} characters, not shown)`
  const shown = withoutMarkup(redactor.redact(text))
    // Control, format (bidirectional marks among them) and separator characters, line breaks included.
    .replace(/[\p{C}\p{Z}]+/gu, ' ')
    .replaceAll('##[', '## [')
    .trim()
  // By code points, so that no half of a surrogate pair is left at the cut.
  const [start = ''] = new RegExp(`^.{0,${MAX_SHOWN}}`, 'u').exec(shown) ?? []
  return start === shown ? shown : `${start}…`
}

/**
 * Takes out tags, and scripts and styles with what is in them. Each search stops at the next place where it could have
 * begun, or is sure to find an end: a text that only opens tags would otherwise be searched to its end from each of
 * them, and the report of a run would not come out.
 */
function withoutMarkup(text: string): string {
  const rest = text.replace(/<(style|script)\b(?:(?!<\1\b).)*?<\/\1\s*>/gis, ' ')
  const lastEnd = rest.lastIndexOf('>') + 1
  return rest.slice(0, lastEnd).replace(/<[^>]*>/g, ' ') + rest.slice(lastEnd)
}

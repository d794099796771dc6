import { createHash } from 'node:crypto'

import type { TextRange } from '../secrets/masks/substring-index.js'
import type { Redactor } from '../secrets/masks/redactor.js'

/** The limit of GitHub for a comment, in characters. */
const MAX_LENGTH = 65_536

/** The lines at the start of a table: column names and dashes. */
const HEAD = 2

const NOT_SHOWN =
  'The plan is not shown here, because it contains a secret in another form. See the log of the run.'

/**
 * The invisible start of a comment, which identifies it among comments for other workspaces, scopes, jobs and steps.
 *
 * @param parts Texts that together are different for each comment.
 */
export function commentMarker(parts: readonly string[]): string {
  const hash = createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)
  return `<!-- databricks-secrets-sync ${hash} -->`
}

/**
 * Renders the whole comment: the marker and the Markdown, without values and within the length limit of GitHub. If rows of a
 * table are left out for that, the comment says how many.
 *
 * The runner does not mask requests to the API of GitHub, so all masked text is redacted here.
 */
export function renderComment(marker: string, markdown: string, redactor: Redactor): string {
  const plan = markdown.trim()
  const shown = redactor.redactWholes(plan)
  // Escapes of Markdown can split a value, and they are not visible on the page.
  const safe = redactor.redactWholes(withoutEscapes(plan)) === withoutEscapes(shown) ? shown : NOT_SHOWN
  return `${marker}\n${withinLength(safe, MAX_LENGTH - marker.length - 1)}`
}

/** Removes as few of the last rows of the longest table as possible. If that is not enough, cuts off the end. */
function withinLength(markdown: string, limit: number): string {
  if (markdown.length <= limit) return markdown
  const lines = markdown.split('\n')
  const { start, end } = longestTable(lines)
  let length = markdown.length
  for (let cut = end - 1; cut >= start; cut--) {
    length -= (lines[cut]?.length ?? 0) + 1
    const note = `\n… and ${end - cut} more: see the summary of the job.`
    if (length + note.length + 1 <= limit) {
      return [...lines.slice(0, cut), note, ...lines.slice(end)].join('\n')
    }
  }
  // The cut must not leave half of a surrogate pair.
  return `${markdown.slice(0, limit - 1).replace(/[\uD800-\uDBFF]$/, '')}…`
}

/** The lines of the rows of the longest table, without its head. */
function longestTable(lines: readonly string[]): TextRange {
  let longest = { start: 0, end: 0 }
  let start = 0
  for (const [index, line] of [...lines, ''].entries()) {
    if (line.startsWith('|')) continue
    if (index - start - HEAD > longest.end - longest.start) longest = { start: start + HEAD, end: index }
    start = index + 1
  }
  return longest
}

/** The text as the page shows it: without character references, Markdown escapes and tags. */
function withoutEscapes(markdown: string): string {
  return markdown
    .replace(/<[^<>]*>/g, '')
    .replace(/&#(\d{1,7});/g, (all, digits: string) =>
      Number(digits) <= 0x10_ff_ff ? String.fromCodePoint(Number(digits)) : all,
    )
    .replace(/\\([!-/:-@[-`{-~])/g, '$1')
}

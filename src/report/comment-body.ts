import { createHash } from 'node:crypto'

import type { TextRange } from '../secrets/masks/substring-index.js'
import type { Redactor } from '../secrets/masks/redactor.js'

/** GitHub's limit for a comment, in characters. */
const MAX_LENGTH = 65_536

/** So many lines a table begins with: the names of its columns, and dashes. */
const HEAD = 2

const NOT_SHOWN =
  'The plan is not shown here, since it holds a secret in another form. See the log of the run.'

/**
 * What the comment begins with, unseen by who reads it: tells it from those of other workspaces, scopes, jobs and steps.
 *
 * @param parts What it is for; any texts that no two comments have in common
 */
export function commentMarker(parts: readonly string[]): string {
  const hash = createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)
  return `<!-- databricks-secrets-sync ${hash} -->`
}

/**
 * The whole comment: the marker, and behind it the Markdown without any value, in the length that GitHub takes. Where
 * rows of a table have to go for that, they are counted.
 *
 * The runner masks nothing of what goes to GitHub's API, so what its masks would hide is hidden here.
 */
export function renderComment(marker: string, markdown: string, redactor: Redactor): string {
  const plan = markdown.trim()
  const shown = redactor.redactWholes(plan)
  // Markdown may break up a value with its escapes, which are gone on the page.
  const safe = redactor.redactWholes(withoutEscapes(plan)) === withoutEscapes(shown) ? shown : NOT_SHOWN
  return `${marker}\n${withinLength(safe, MAX_LENGTH - marker.length - 1)}`
}

/** Takes out as few of the last rows of the longest table as it takes; as a last resort the end, whatever it is. */
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
  // No half of a surrogate pair is left at the cut.
  return `${markdown.slice(0, limit - 1).replace(/[\uD800-\uDBFF]$/, '')}…`
}

/** The lines that are its rows, without the two of its head. */
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

/** As it is read on the page: character references, escapes of Markdown and tags undone. */
function withoutEscapes(markdown: string): string {
  return markdown
    .replace(/<[^<>]*>/g, '')
    .replace(/&#(\d{1,7});/g, (all, digits: string) =>
      Number(digits) <= 0x10_ff_ff ? String.fromCodePoint(Number(digits)) : all,
    )
    .replace(/\\([!-/:-@[-`{-~])/g, '$1')
}

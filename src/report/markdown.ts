/** Of the 1 MiB (1,048,576 bytes) over which the runner drops a summary whole; what is left out is named instead. */
const MAX_BYTES = 1_000_000

/** As many hex digits in a row are no id of a commit. */
const HEX_PART = 6

/** What means something to Markdown or HTML within a line, bare addresses too; `a_b` does not. */
const SYNTAX = /[\\`*[\]<>|~]|\b_|_\b|&(?=[#\w])|:(?=\/\/)|(?<=www)\./

/**
 * What GitHub makes links, pictures or formulas of, which has no escape: `@team` and e-mails, `#1`, `owner/repo#2`, `GH-1`,
 * `:emoji:`, `$x$` and ids of commits.
 */
const LIVE = /[@#$]|:(?=[\w+-]+:)|(?<=[A-Za-z])-(?=\d)|(?<!\w)[\da-f]{7,40}(?!\w)/

const SPECIAL = new RegExp(`(?<syntax>${SYNTAX.source})|${LIVE.source}`, 'g')

/** Escapes a text so that it is shown as it is, and nothing in it is a link or calls anybody. */
export function escapeMarkdown(text: string): string {
  return text.replace(SPECIAL, (found: string, syntax: string | undefined) => {
    if (syntax !== undefined) return `\\${found}`
    // GitHub looks at each stretch of text between tags for itself.
    if (found.length === 1) return `<span>${found}</span>`
    return found.replace(new RegExp(`.{${HEX_PART}}`, 'g'), '<span>$&</span>')
  })
}

/** A link whose text is an address without its scheme: that is live on purpose. */
export function linkTo(url: string, address: string): string {
  const text = address.replace(/^https?:\/\//, '')
  return `[${text.replace(new RegExp(SYNTAX, 'g'), '\\$&')}](${url})`
}

/** Writes every character that could mean something to HTML or Markdown as a reference to itself. */
export function escapeHtml(text: string): string {
  return text.replace(/[^\w .@/-]/gu, characterReference)
}

/** The character as HTML can write any: `&#123;`. */
export function characterReference(character: string): string {
  return `&#${character.codePointAt(0) ?? 0};`
}

/** A name in the type of code. */
export function code(text: string): string {
  return /^[\w .@/-]+$/.test(text) ? `\`${text}\`` : `<code>${escapeHtml(text)}</code>`
}

/** One of GitHub's coloured boxes, with a text of one line and, where that needs one, a title in Markdown. */
export function alert(kind: 'NOTE' | 'WARNING' | 'CAUTION', text: string, title?: string): string {
  const above = title === undefined ? '' : `> ${title}\n>\n`
  return `> [!${kind}]\n${above}> ${escapeMarkdown(text)}`
}

/** A part that is folded away, under a title of plain words. */
export function details(title: string, ...parts: readonly string[]): string {
  return [`<details><summary>${title}</summary>`, ...parts, '</details>'].join('\n\n')
}

/** A part of which as many lines are shown as there is room for. */
export interface Lines {
  /** What stands above the lines in any case; empty for nothing. */
  readonly head: string
  readonly lines: readonly string[]
  /** The title under which it is folded away, in plain words. */
  readonly folded?: string
}

/** A table, with a line for each row. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): Lines {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return { head: `${line(heads)}\n${line(heads.map(() => '---'))}\n`, lines: rows.map(line) }
}

/**
 * Joins the parts of a summary, in no more bytes than the runner takes. Texts come before lines; lists of lines that do
 * not all fit have the same room each, less what the shorter ones leave. What is left out is counted.
 */
export function joinParts(parts: readonly (string | Lines)[]): string {
  const lists = parts.filter((part) => typeof part !== 'string')
  let left = MAX_BYTES - lists.reduce((sum, list) => sum + bytesOf(renderLines(list, 0)), bytesOf(leftOut(0)))
  const texts = new Set<string>()
  for (const part of parts) {
    if (typeof part !== 'string' || bytesOf(part) > left) continue
    left -= bytesOf(part)
    texts.add(part)
  }
  const rendered = new Map<Lines, string>()
  const bySize = lists
    .map((list) => ({ list, bytes: list.lines.reduce((sum, line) => sum + bytesOf(line), 0) }))
    .sort((one, other) => one.bytes - other.bytes)
  for (const [index, { list }] of bySize.entries()) {
    let room = Math.floor(left / (bySize.length - index))
    left -= room
    const end = list.lines.findIndex((line) => (room -= bytesOf(line)) < 0)
    left += Math.max(0, room)
    rendered.set(list, renderLines(list, end === -1 ? list.lines.length : end))
  }
  const shown = parts.flatMap((part) =>
    typeof part === 'string' ? (texts.has(part) ? [part] : []) : [rendered.get(part) ?? ''],
  )
  return [...shown, ...(shown.length < parts.length ? [leftOut(parts.length - shown.length)] : [])].join(
    '\n\n',
  )
}

function renderLines({ head, lines, folded }: Lines, number: number): string {
  const shown = head + lines.slice(0, number).join('\n')
  const rest = number < lines.length ? [leftOut(lines.length - number)] : []
  return folded === undefined ? [shown, ...rest].join('\n\n') : details(folded, shown, ...rest)
}

function leftOut(number: number): string {
  return `… and ${number} more: see the log.`
}

/** With the line breaks behind it. */
function bytesOf(text: string): number {
  return Buffer.byteLength(text) + 2
}

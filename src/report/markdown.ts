/** The most bytes of a summary. The runner drops a summary of more than 1 MiB (1,048,576 bytes). */
const MAX_BYTES = 1_000_000

/** A run of hex digits of this length is too short for the id of a commit. */
const HEX_PART = 6

/** Characters with a meaning in Markdown or HTML within a line, including those of bare addresses; not `a_b`. */
const SYNTAX = /[\\`*[\]<>|~]|\b_|_\b|&(?=[#\w])|:(?=\/\/)|(?<=www)\./

/**
 * Text that GitHub turns into links, pictures or formulas, and that has no escape: `@team`, e-mails, `#1`, `owner/repo#2`,
 * `GH-1`, `:emoji:`, `$x$` and ids of commits.
 */
const LIVE = /[@#$]|:(?=[\w+-]+:)|(?<=[A-Za-z])-(?=\d)|(?<!\w)[\da-f]{7,40}(?!\w)/

const SPECIAL = new RegExp(`(?<syntax>${SYNTAX.source})|${LIVE.source}`, 'g')

/** Escapes a text so that GitHub shows it literally, without links and mentions. */
export function escapeMarkdown(text: string): string {
  return text.replace(SPECIAL, (found: string, syntax: string | undefined) => {
    if (syntax !== undefined) return `\\${found}`
    // GitHub looks at the text between two tags separately.
    if (found.length === 1) return `<span>${found}</span>`
    return found.replace(new RegExp(`.{${HEX_PART}}`, 'g'), '<span>$&</span>')
  })
}

/** A link whose text is an address without its scheme. */
export function linkTo(url: string, address: string): string {
  const text = address.replace(/^https?:\/\//, '')
  return `[${text.replace(new RegExp(SYNTAX, 'g'), '\\$&')}](${url})`
}

/** Replaces every character that could have a meaning in HTML or Markdown with a character reference. */
export function escapeHtml(text: string): string {
  return text.replace(/[^\w .@/-]/gu, characterReference)
}

/** The HTML character reference of a character: `&#123;`. */
export function characterReference(character: string): string {
  return `&#${character.codePointAt(0) ?? 0};`
}

/** A name in code style. */
export function code(text: string): string {
  return /^[\w .@/-]+$/.test(text) ? `\`${text}\`` : `<code>${escapeHtml(text)}</code>`
}

/** The optional parts of an alert. */
interface AlertParts {
  /** Markdown, above the text. */
  readonly title?: string
  /** Commands to copy, in a code block below the text. Each is one line. */
  readonly commands?: readonly string[]
}

/** One of GitHub's coloured boxes, with a text of one line. */
export function alert(
  kind: 'NOTE' | 'WARNING' | 'CAUTION',
  text: string,
  { title, commands = [] }: AlertParts = {},
): string {
  const above = title === undefined ? [] : [title, '']
  const below = commands.length === 0 ? [] : ['', '```sh', ...commands, '```']
  const lines = [`[!${kind}]`, ...above, escapeMarkdown(text), ...below]
  return lines.map((line) => `> ${line}`.trimEnd()).join('\n')
}

/** A part that is folded away, under a plain text title. */
export function details(title: string, ...parts: readonly string[]): string {
  return [`<details><summary>${title}</summary>`, ...parts, '</details>'].join('\n\n')
}

/** A list of lines in a summary. If not all of them fit, only the first ones are shown. */
export interface Lines {
  /** The text above the lines, which is always shown; may be empty. */
  readonly head: string
  readonly lines: readonly string[]
  /** The plain text title under which it is folded away. */
  readonly folded?: string
}

/** A table, with one line for each row. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): Lines {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return { head: `${line(heads)}\n${line(heads.map(() => '---'))}\n`, lines: rows.map(line) }
}

/**
 * Joins the parts of a summary within {@link MAX_BYTES}. Texts take precedence over lines. If the lists of lines do not all
 * fit, each gets the same room, and shorter lists leave theirs to longer ones. The number of omitted lines is shown.
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

/** The bytes of a text with the two line breaks after it. */
function bytesOf(text: string): number {
  return Buffer.byteLength(text) + 2
}

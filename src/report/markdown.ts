import { isSqlStatement } from './sql-commands.js'

/** How long a report may be. */
export interface SizeLimit {
  readonly max: number
  /** The size of a text, in the unit of `max`. */
  readonly sizeOf: (text: string) => number
  /** Where a reader finds what is left out. */
  readonly elsewhere: string
}

/** For a job summary, in bytes. The runner drops a summary of more than 1 MiB (1,048,576 bytes). */
export const SUMMARY_LIMIT: SizeLimit = {
  max: 1_000_000,
  sizeOf: (text) => Buffer.byteLength(text),
  elsewhere: 'log',
}

/** For a comment on a pull request, in characters. GitHub allows 65,536. */
export const COMMENT_LIMIT: SizeLimit = {
  max: 65_000,
  sizeOf: (text) => text.length,
  elsewhere: 'summary of the job',
}

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
  const below =
    commands.length === 0
      ? []
      : ['', `\`\`\`${commands.every(isSqlStatement) ? 'sql' : 'sh'}`, ...commands, '```']
  const lines = [`[!${kind}]`, ...above, escapeMarkdown(text), ...below]
  return lines.map((line) => `> ${line}`.trimEnd()).join('\n')
}

/** A part that is folded away, under a title in HTML. */
export function details(title: string, ...parts: readonly string[]): string {
  return [`<details><summary>${title}</summary>`, ...parts, '</details>'].join('\n\n')
}

/** A list of lines in a summary. If not all of them fit, only the first ones are shown. */
export interface Lines {
  /** The text above the lines, which is always shown; may be empty. */
  readonly head: string
  readonly lines: readonly string[]
  /** The title under which it is folded away, in HTML. */
  readonly folded?: string
  /** True for a list that takes precedence over texts. */
  readonly first?: boolean
}

/** A short text that is always shown, such as the heading of a section. */
export function always(text: string): Lines {
  return { head: text, lines: [] }
}

/** A table, with one line for each row. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): Lines {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return { head: `${line(heads)}\n${line(heads.map(() => '---'))}\n`, lines: rows.map(line) }
}

/**
 * Joins the parts of a report within a limit. Texts take precedence over lists of lines, and lists over those that are folded
 * away. If the lists do not all fit, each gets the same room, and shorter lists leave theirs to longer ones. The number of
 * omitted lines is shown.
 */
export function joinParts(parts: readonly (string | Lines)[], limit: SizeLimit = SUMMARY_LIMIT): string {
  const { elsewhere } = limit
  // With the two line breaks after it.
  const sizeOf = (text: string): number => limit.sizeOf(text) + 2
  const lists = parts.filter((part) => typeof part !== 'string')
  let left =
    limit.max -
    lists.reduce((sum, list) => sum + sizeOf(renderLines(list, 0, elsewhere)), sizeOf(leftOut(0, elsewhere)))
  const rendered = new Map<Lines, string>()
  const fill = (some: readonly Lines[]): void => {
    const bySize = some
      .map((list) => ({ list, size: list.lines.reduce((sum, line) => sum + sizeOf(line), 0) }))
      .sort((one, other) => one.size - other.size)
    for (const [index, { list }] of bySize.entries()) {
      let room = Math.floor(left / (bySize.length - index))
      left -= room
      const end = list.lines.findIndex((line) => (room -= sizeOf(line)) < 0)
      left += Math.max(0, room)
      rendered.set(list, renderLines(list, end === -1 ? list.lines.length : end, elsewhere))
    }
  }
  fill(lists.filter(({ first = false }) => first))
  const texts = new Set<string>()
  for (const part of parts) {
    if (typeof part !== 'string' || sizeOf(part) > left) continue
    left -= sizeOf(part)
    texts.add(part)
  }
  const others = lists.filter(({ first = false }) => !first)
  fill(others.filter(({ folded }) => folded === undefined))
  fill(others.filter(({ folded }) => folded !== undefined))
  const shown = parts.flatMap((part) =>
    typeof part === 'string' ? (texts.has(part) ? [part] : []) : [rendered.get(part) ?? ''],
  )
  const omitted = parts.length - shown.length
  return [...shown, ...(omitted > 0 ? [leftOut(omitted, elsewhere)] : [])].join('\n\n')
}

function renderLines({ head, lines, folded }: Lines, number: number, elsewhere: string): string {
  const shown = head + lines.slice(0, number).join('\n')
  const rest = number < lines.length ? [leftOut(lines.length - number, elsewhere)] : []
  return folded === undefined ? [shown, ...rest].join('\n\n') : details(folded, shown, ...rest)
}

function leftOut(number: number, elsewhere: string): string {
  return `… and ${number} more: see the ${elsewhere}.`
}

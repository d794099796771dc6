/** The runner drops a summary over 1 MiB (1,048,576 bytes) whole, so what is left out of it is named instead. */
const MAX_LINES_BYTES = 900_000

/** Escapes what means something to Markdown or HTML within a line, bare addresses too; `a_b` does not. */
export function escapeMarkdown(text: string): string {
  return (
    text
      .replace(/[\\`*[\]<>|~]|\b_|_\b|&(?=[#\w])|:(?=\/\/)|(?<=www)\./g, '\\$&')
      // Two of them would enclose a formula, and GitHub has no escape for one alone.
      .replaceAll('$', '<span>$</span>')
  )
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

/** A table, as far as the summary takes it; what it does not take is counted below. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  const [lines = '', ...rest] = withinLimit(rows.map(line))
  return [`${line(heads)}\n${line(heads.map(() => '---'))}\n${lines}`, ...rest].join('\n\n')
}

/** Joins as many lines as the summary takes, and says how many it does not. */
export function withinLimit(lines: readonly string[]): string[] {
  let bytes = 0
  const end = lines.findIndex((line) => (bytes += Buffer.byteLength(line) + 1) > MAX_LINES_BYTES)
  if (end === -1) return [lines.join('\n')]
  return [lines.slice(0, end).join('\n'), `… and ${lines.length - end} more: see the log.`]
}

import { linesOf } from './dotnet-text.js'

/** One line of the job's page. `header` is the step's own group: what it runs, with which inputs and variables. */
export interface LogEntry {
  kind: 'header' | 'group' | 'error' | 'warning' | 'notice' | 'debug' | 'text'
  /** The line as shown, indentation included, without colours. */
  text: string
  /** The same with the ANSI colours that the step wrote; absent where it wrote none. */
  coloured?: string
}

/** The colours of plain lines that a page of GitHub shows. */
// eslint-disable-next-line no-control-regex -- the escape that starts a colour
const ANSI_COLOURS = /\u001B\[[\d;]*m/g

const LABELS = { error: 'Error: ', warning: 'Warning: ', notice: 'Notice: ', debug: '##[debug]' } as const

/**
 * Turns what the runner wrote into the lines of the job's page, groups opened. The lines of a group are indented by
 * two; the further lines of a message of several lines are not, and look like their first.
 */
export function renderLog(written: readonly string[]): LogEntry[] {
  const entries: LogEntry[] = []
  let group: 'none' | 'header' | 'other' = 'none'
  let headerSeen = false
  for (const message of written) {
    let kind: LogEntry['kind'] = group === 'header' ? 'header' : 'text'
    for (const [index, line] of (message === '' ? [''] : linesOf(message)).entries()) {
      const [, tag, rest = ''] = /^##\[(error|warning|notice|debug|group|endgroup)\](.*)$/s.exec(line) ?? []
      if (tag === 'endgroup') {
        group = 'none'
      } else if (tag === 'group') {
        group = headerSeen ? 'other' : 'header'
        entries.push(headerSeen ? { kind: 'group', text: `▼ ${rest}` } : { kind: 'header', text: rest })
        headerSeen = true
      } else {
        if (tag !== undefined) kind = tag as keyof typeof LABELS
        const label = tag === undefined ? '' : LABELS[tag as keyof typeof LABELS]
        const indent = group !== 'none' && index === 0 ? '  ' : ''
        const coloured = indent + label + (tag === undefined ? line : rest)
        // An annotation shows the codes.
        const text = tag === undefined ? coloured.replace(ANSI_COLOURS, '') : coloured
        entries.push(text === coloured ? { kind, text } : { kind, text, coloured })
      }
    }
  }
  return entries
}

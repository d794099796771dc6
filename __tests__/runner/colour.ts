import type { LogEntry } from './rendering.js'

// Written out, as `util.styleText` decides by itself, and differently on each Node, whether the output is a terminal.
const CODES = { header: 90, group: 1, error: 31, warning: 33, notice: 34, debug: 35 } as const

/** The log of a step for a terminal: one line an entry, coloured by its kind with ANSI codes. Plain text has the colours of the step. */
export function colourLog(entries: readonly LogEntry[]): string {
  return entries
    .map(({ kind, text, coloured }) =>
      kind === 'text' ? (coloured ?? text) : `\u001B[${CODES[kind]}m${text}\u001B[0m`,
    )
    .join('\n')
}

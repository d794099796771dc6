/** Prints on the terminal what a run of the action shows: the log in its colours, and the job summary without HTML. */
import { colourLog } from '../__tests__/runner/colour.js'
import type { StepResult } from '../__tests__/runner/step-result.js'

const terminal = process.stdout.isTTY

/** Writes text and a line break to stdout. */
export function print(text = ''): void {
  process.stdout.write(`${text}\n`)
}

/** Prints a heading, with a blank line before and after it. */
export function heading(text: string): void {
  print(terminal ? `\n\u001B[1;36m━━ ${text}\u001B[0m\n` : `\n━━ ${text}\n`)
}

/** Returns the text with a margin before each line. */
export function indented(text: string, margin: string): string {
  return text.replace(/^/gm, margin)
}

/** Prints the log of a step, as GitHub shows it, and its job summary if it has one. */
export function printStep({ entries, log, summaryShown }: Omit<StepResult, 'node'>): void {
  print(indented(terminal ? colourLog(entries) : log, '  '))
  if (summaryShown === '') return
  heading('The job summary, which the page of the run shows rendered:')
  print(indented(plainText(summaryShown), '  '))
}

/** Returns the Markdown without HTML, which a terminal cannot show. */
export function plainText(markdown: string): string {
  return markdown
    .replace(/<[^>]+>/g, '')
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}

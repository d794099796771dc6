import { summary, warning } from '@actions/core'

import { keysThat, succeeded, type KeyResult, type Result } from '../sync/result.js'
import type { Reasons } from './explain.js'
import { closingLine, everybodyManages } from './log.js'

/** The runner drops a summary over 1 MiB (1,048,576 bytes) whole, so what is left out of it is named instead. */
const MAX_LINES_BYTES = 900_000

const MARKS: Record<KeyResult['outcome'], string> = { created: '🆕', updated: '🔄', failed: '❌' }

/** What the summary of a run names. */
export interface SummaryContext {
  /** The page that a person would open for the workspace. */
  readonly workspaceUrl: string
  /** The workspace's address. */
  readonly origin: string
  /** The scope as the workflow names it. */
  readonly scope: string
}

/** Renders what the run came to, in GitHub-flavoured Markdown. */
export function renderResult(result: Result, reasons: Reasons, context: SummaryContext): string {
  const { scope } = result
  const name = scope?.name ?? context.scope
  const link = `[${escapeMarkdown(context.origin.replace(/^https?:\/\//, ''))}](${context.workspaceUrl})`
  return [
    `### ${succeeded(result) ? '✅' : '❌'} Databricks secrets: ${code(name)}`,
    `${closingLine(result)}. Workspace: ${link}${scope?.created === undefined ? '' : ' · scope created by this run'}`,
    scope?.created?.fellBack === true && alert('WARNING', everybodyManages(name)),
    reasons.stopped !== undefined && alert('CAUTION', reasons.stopped),
    result.keys.length > 0 && renderKeys(result, reasons),
    renderUse(name, result),
  ]
    .filter((part) => typeof part === 'string')
    .join('\n\n')
}

/** Renders everything that is wrong with the inputs, in GitHub-flavoured Markdown. */
export function renderFaults(messages: readonly string[]): string {
  return [
    '### ❌ Databricks secrets: nothing was sent',
    'The inputs of the step have to be corrected first.',
    ...withinLimit(messages.map((message) => `- ${escapeMarkdown(message)}`)),
  ].join('\n\n')
}

/** Adds to the job summary. A runner without one, or one that is full, is no reason for the step to fail. */
export async function writeSummary(markdown: string): Promise<void> {
  if ((process.env['GITHUB_STEP_SUMMARY'] ?? '') === '') return
  try {
    await summary.addRaw(`${markdown}\n\n`).write()
  } catch {
    warning('The job summary could not be written. The log has all that it would have said.')
  }
}

function renderKeys({ keys }: Result, { failed }: Reasons): string {
  const rows = keys.map(({ key, outcome }) => {
    const reason = failed.get(key)
    const why = reason === undefined ? '' : `: ${escapeMarkdown(reason)}`
    return `| ${code(key)} | ${MARKS[outcome]} ${outcome}${why} |`
  })
  const [table = '', ...rest] = withinLimit(rows)
  return [`| Key | Result |\n| --- | --- |\n${table}`, ...rest].join('\n\n')
}

/** Joins as many lines as the summary takes, and says how many it does not. */
function withinLimit(lines: readonly string[]): string[] {
  let bytes = 0
  const end = lines.findIndex((line) => (bytes += Buffer.byteLength(line) + 1) > MAX_LINES_BYTES)
  if (end === -1) return [lines.join('\n')]
  return [lines.slice(0, end).join('\n'), `… and ${lines.length - end} more: see the log.`]
}

/**
 * How a notebook and a cluster get at a secret that this run has put. The braces are written as character references:
 * the runner masks each line of a multi-line JSON secret, and where a repository has one, `{` alone becomes `***`.
 */
function renderUse(scope: string, result: Result): string | undefined {
  const [key] = [...keysThat('created', result), ...keysThat('updated', result)]
  if (key === undefined) return undefined
  const reference = `{{secrets/${escapeHtml(scope)}/${key}}}`.replace(/[{}]/g, characterReference)
  return [
    '<details><summary>How to use these secrets</summary>',
    'In a notebook:',
    `\`\`\`python\ndbutils.secrets.get(scope=${JSON.stringify(scope)}, key="${key}")\n\`\`\``,
    'In the Spark configuration or the environment variables of a cluster:',
    `<pre><code>${reference}</code></pre>`,
    '</details>',
  ].join('\n\n')
}

function alert(kind: 'WARNING' | 'CAUTION', text: string): string {
  return `> [!${kind}]\n> ${escapeMarkdown(text)}`
}

function code(text: string): string {
  return /^[\w .@/-]+$/.test(text) ? `\`${text}\`` : `<code>${escapeHtml(text)}</code>`
}

function escapeHtml(text: string): string {
  return text.replace(/[^\w .@/-]/gu, characterReference)
}

function characterReference(character: string): string {
  return `&#${character.codePointAt(0) ?? 0};`
}

/** Escapes what means something to Markdown or HTML within a line, bare addresses too; `a_b` does not. */
function escapeMarkdown(text: string): string {
  return (
    text
      .replace(/[\\`*[\]<>|~]|\b_|_\b|&(?=[#\w])|:(?=\/\/)|(?<=www)\./g, '\\$&')
      // Two of them would enclose a formula, and GitHub has no escape for one alone.
      .replaceAll('$', '<span>$</span>')
  )
}

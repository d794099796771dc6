import { summary, warning } from '@actions/core'

import type { ChosenWay } from '../databricks/auth/choose.js'
import { isScopeNew, keysThat, succeeded, type Result } from '../sync/result.js'
import { closingLine } from './closing-line.js'
import { renderKeyFailures, renderPermissionFailures } from './failure-blocks.js'
import { renderKeys } from './key-table.js'
import {
  alert,
  characterReference,
  code,
  details,
  escapeHtml,
  escapeMarkdown,
  table,
  withinLimit,
} from './markdown.js'
import type { Report } from './report.js'

/** What the summary of a run names. */
export interface SummaryContext {
  /** The page that a person would open for the workspace. */
  readonly workspaceUrl: string
  /** The workspace's address. */
  readonly origin: string
  /** The scope as the workflow names it. */
  readonly scope: string
  /** How the run has signed in. */
  readonly signIn: ChosenWay
}

/** Renders what the run came to, in GitHub-flavoured Markdown. */
export function renderReport(report: Report, context: SummaryContext): string {
  const { result, reasons, notes } = report
  const name = result.plan?.scope.name ?? context.scope
  const link = `[${escapeMarkdown(context.origin.replace(/^https?:\/\//, ''))}](${context.workspaceUrl})`
  const made = result.dryRun ? ' · the scope would be created' : ' · scope created by this run'
  const mark = succeeded(result) ? (result.dryRun ? '📋' : '✅') : '❌'
  // The title says that it is one.
  const whatCame = closingLine(report).replace(/^Dry run, nothing/, 'Nothing')
  return [
    `### ${mark} Databricks secrets: ${code(name)}${result.dryRun ? ', a dry run' : ''}`,
    `${whatCame}. Workspace: ${link}${isScopeNew(result) ? made : ''}`,
    signedInFromVariables(context.signIn),
    reasons.stopped !== undefined && alert('CAUTION', reasons.stopped),
    ...renderKeyFailures(reasons.keys),
    ...renderPermissionFailures(reasons.permissions),
    ...notes.map(({ level, text, aboveTable = text }) =>
      alert(level === 'warning' ? 'WARNING' : 'NOTE', aboveTable),
    ),
    ...renderKeys(report),
    ...renderPermissions(report),
    renderUse(name, result),
  ]
    .filter((part) => typeof part === 'string')
    .join('\n\n')
}

/** A variable that somebody forgot on the runner must not sign a run in unseen. */
function signedInFromVariables({ authType, fromVariables }: ChosenWay): string | undefined {
  if (fromVariables.length === 0) return undefined
  return `Signed in with ${code(authType)}, ${fromVariables.map(code).join(', ')}.`
}

function renderPermissions({ permissions }: Report): string[] {
  if (permissions.length === 0) return []
  const rows = permissions.map(({ principal, permission, mark, outcome }) => [
    code(principal),
    escapeMarkdown(permission),
    `${mark} ${outcome}`,
  ])
  return ['#### Permissions', table(['Principal', 'Permission', 'Result'], rows)]
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

/**
 * How a notebook and a cluster get at a secret that this run has put. The braces are written as character references:
 * the runner masks each line of a multi-line JSON secret, and where a repository has one, `{` alone becomes `***`.
 */
function renderUse(scope: string, result: Result): string | undefined {
  const [key] = [...keysThat('created', result), ...keysThat('updated', result)]
  if (key === undefined || result.dryRun) return undefined
  const reference = `{{secrets/${escapeHtml(scope)}/${key}}}`.replace(/[{}]/g, characterReference)
  return details(
    'How to use these secrets',
    'In a notebook:',
    `\`\`\`python\ndbutils.secrets.get(scope=${JSON.stringify(scope)}, key="${key}")\n\`\`\``,
    'In the Spark configuration or the environment variables of a cluster:',
    `<pre><code>${reference}</code></pre>`,
  )
}

import { summary, warning } from '@actions/core'

import type { AuthMethod } from '../databricks/auth/choose-auth-method.js'
import { isScopeNew, keysWithOutcome, succeeded, type Result } from '../sync/result.js'
import { summaryLine } from './summary-line.js'
import { renderKeyFailures, renderPermissionFailures } from './failure-blocks.js'
import { sentencesOf } from './explanation.js'
import { renderKeys } from './key-table.js'
import {
  alert,
  characterReference,
  code,
  details,
  escapeHtml,
  escapeMarkdown,
  linkTo,
  joinParts,
  table,
  type Lines,
} from './markdown.js'
import type { Report } from './report.js'
import { renderLinks, type TroubleshootingLink } from './troubleshooting-link.js'

/** What the summary of a run can name. */
export interface SummaryContext {
  /** The address of the workspace for a browser. */
  readonly workspaceUrl: string
  /** The address of the workspace. */
  readonly origin: string
  /** The variables that the host came from, as `host from DATABRICKS_HOST`. */
  readonly hostFromVariables: readonly string[]
  /** The scope, as the workflow names it. */
  readonly scope: string
  /** The authentication method of the run. */
  readonly auth: AuthMethod
  /** Whether the job was cancelled. Then the step fails, whatever was done before. */
  readonly cancelled: boolean
}

/** Renders the report in GitHub-flavoured Markdown. */
export function renderReport(report: Report, context: SummaryContext): string {
  const { result, reasons, notes, link } = report
  const name = result.plan?.scope.name ?? context.scope
  const workspace = linkTo(context.workspaceUrl, context.origin)
  const variables = context.hostFromVariables.map(code).join(', ')
  const hostVariables = variables === '' ? '' : ` (${variables})`
  const creation = result.dryRun ? ' · the scope would be created' : ' · scope created by this run'
  const { cancelled } = context
  const mark = succeeded(result) && !cancelled ? (result.dryRun ? '📋' : '✅') : '❌'
  const outcome = summaryLine(report, 'Nothing was written')
  const parts = [
    `### ${mark} Databricks secrets: ${code(name)}${result.dryRun ? ', a dry run' : ''}`,
    `${outcome}.${cancelled ? ' The job was cancelled.' : ''} Workspace: ${workspace}${hostVariables}${isScopeNew(result) ? creation : ''}`,
    authFromVariables(context.auth),
    reasons.stopped !== undefined &&
      alert('CAUTION', sentencesOf(reasons.stopped), { commands: reasons.stopped.commands }),
    ...renderKeyFailures(reasons.keys),
    ...renderPermissionFailures(reasons.permissions),
    link && renderLinks([link]),
    ...notes.map(({ level, text, aboveTable = text, commands = [] }) =>
      alert(level === 'warning' ? 'WARNING' : 'NOTE', aboveTable, { commands }),
    ),
    ...renderKeys(report),
    ...renderPermissions(report),
    renderUse(name, result),
  ]
  return joinParts(parts.filter((part) => part !== undefined && part !== false))
}

/** Names the variables, because one that was left on the runner must not be used unnoticed. */
function authFromVariables({ authType, fromVariables }: AuthMethod): string | undefined {
  if (fromVariables.length === 0) return undefined
  return `Signed in with ${code(authType)}, ${fromVariables.map(code).join(', ')}.`
}

function renderPermissions({ permissions }: Report): (string | Lines)[] {
  if (permissions.length === 0) return []
  const rows = permissions.map(({ principal, permission, mark, outcome }) => [
    code(principal),
    escapeMarkdown(permission),
    `${mark} ${outcome}`,
  ])
  return ['#### Permissions', table(['Principal', 'Permission', 'Result'], rows)]
}

/** Renders the input errors in GitHub-flavoured Markdown. */
export function renderInputErrors(
  messages: readonly string[],
  links: readonly TroubleshootingLink[],
): string {
  return joinParts([
    '### ❌ Databricks secrets: input errors',
    'Nothing was sent. Correct the inputs of the step:',
    { head: '', lines: messages.map((message) => `- ${escapeMarkdown(message)}`) },
    renderLinks(links),
  ])
}

/** Adds to the job summary. If the runner has none, or it cannot be written, the step does not fail. */
export async function writeSummary(markdown: string): Promise<void> {
  if ((process.env['GITHUB_STEP_SUMMARY'] ?? '') === '') return
  try {
    await summary.addRaw(`${markdown}\n\n`).write()
  } catch {
    warning('The job summary could not be written. The log has the same information.')
  }
}

/**
 * Shows how a notebook and a cluster read the secrets that this run wrote. A binary value is read as bytes, and does not work
 * in the Spark configuration. Braces are written as character references: if a repository has a multi-line JSON secret,
 * the runner masks each of its lines, and `{` becomes `***`.
 */
function renderUse(scope: string, result: Result): string | undefined {
  if (result.dryRun) return undefined
  const written = new Set([...keysWithOutcome('created', result), ...keysWithOutcome('updated', result)])
  const entries = (result.plan?.keys ?? []).flatMap((planned) =>
    planned.action !== 'delete' && written.has(planned.key) ? [planned.entry] : [],
  )
  const [text, bytes] = [true, false].map(
    (isText) => entries.find(({ value }) => value.isText === isText)?.key,
  )
  const call = (method: string, key: string): string =>
    `dbutils.secrets.${method}(scope=${JSON.stringify(scope)}, key="${key}")`
  const calls = [
    ...(text === undefined ? [] : [call('get', text)]),
    ...(bytes === undefined ? [] : [call('getBytes', bytes)]),
  ]
  if (calls.length === 0) return undefined
  const reference = `{{secrets/${escapeHtml(scope)}/${text ?? ''}}}`.replace(/[{}]/g, characterReference)
  const forCluster = [
    'In the Spark configuration or the environment variables of a cluster:',
    `<pre><code>${reference}</code></pre>`,
  ]
  return details(
    'How to use these secrets',
    'In a notebook:',
    `\`\`\`python\n${calls.join('\n')}\n\`\`\``,
    ...(text === undefined ? [] : forCluster),
  )
}

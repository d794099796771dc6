import { summary, warning } from '@actions/core'

import type { AuthMethod } from '../databricks/auth/choose-auth-method.js'
import { isScopeNew, keysWithOutcome, succeeded, type Result } from '../sync/result.js'
import { summaryLine } from './summary-line.js'
import { renderKeyFailures, renderPermissionFailures } from './failure-blocks.js'
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

/** What the summary of a run names. */
export interface SummaryContext {
  /** The page that a person would open for the workspace. */
  readonly workspaceUrl: string
  /** The workspace's address. */
  readonly origin: string
  /** The variables that said which workspace is meant, as `host from DATABRICKS_HOST`. */
  readonly hostFromVariables: readonly string[]
  /** The scope as the workflow names it. */
  readonly scope: string
  /** How the run has signed in. */
  readonly signIn: AuthMethod
  /** Whether the job was cancelled: then the step fails, whatever was done before. */
  readonly cancelled: boolean
}

/** Renders what the run came to, in GitHub-flavoured Markdown. */
export function renderReport(report: Report, context: SummaryContext): string {
  const { result, reasons, notes } = report
  const name = result.plan?.scope.name ?? context.scope
  const link = linkTo(context.workspaceUrl, context.origin)
  const variables = context.hostFromVariables.map(code).join(', ')
  const hostVariables = variables === '' ? '' : ` (${variables})`
  const made = result.dryRun ? ' · the scope would be created' : ' · scope created by this run'
  const { cancelled } = context
  const mark = succeeded(result) && !cancelled ? (result.dryRun ? '📋' : '✅') : '❌'
  // The title says that it is one.
  const whatCame = summaryLine(report).replace(/^Dry run, nothing/, 'Nothing')
  const parts = [
    `### ${mark} Databricks secrets: ${code(name)}${result.dryRun ? ', a dry run' : ''}`,
    `${whatCame}.${cancelled ? ' The job was cancelled.' : ''} Workspace: ${link}${hostVariables}${isScopeNew(result) ? made : ''}`,
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
  return joinParts(parts.filter((part) => part !== undefined && part !== false))
}

/** A variable that somebody forgot on the runner must not sign a run in unseen. */
function signedInFromVariables({ authType, fromVariables }: AuthMethod): string | undefined {
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

/** Renders everything that is wrong with the inputs, in GitHub-flavoured Markdown. */
export function renderInputErrors(messages: readonly string[]): string {
  return joinParts([
    '### ❌ Databricks secrets: nothing was sent',
    'The inputs of the step have to be corrected first.',
    { head: '', lines: messages.map((message) => `- ${escapeMarkdown(message)}`) },
  ])
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
 * How a notebook and a cluster read the secrets that this run has put. A value that is no text is read as bytes, and is not
 * for the Spark configuration. The braces are written as character references: the runner masks each line of a multi-line
 * JSON secret, and where a repository has one, `{` alone becomes `***`.
 */
function renderUse(scope: string, result: Result): string | undefined {
  if (result.dryRun) return undefined
  const put = new Set([...keysWithOutcome('created', result), ...keysWithOutcome('updated', result)])
  const entries = (result.plan?.keys ?? []).flatMap((planned) =>
    planned.action !== 'delete' && put.has(planned.key) ? [planned.entry] : [],
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

import { summary, warning } from '@actions/core'

import type { AuthMethod } from '../databricks/auth/choose-auth-method.js'
import { STORES } from '../stores/store-definition.js'
import { isStoreNew, keysWithOutcome, targetSucceeded } from '../sync/result.js'
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
import type { Report, RunContext, TargetReport } from './report.js'
import { renderLinks, type TroubleshootingLink } from './troubleshooting-link.js'

/** Renders the report in GitHub-flavoured Markdown. */
export function renderReport(report: Report, context: RunContext): string {
  const { dryRun, stopped, targets, link } = report
  const workspace = linkTo(context.workspaceUrl, context.origin)
  const variables = context.hostFromVariables.map(code).join(', ')
  const hostVariables = variables === '' ? '' : ` (${variables})`
  const { cancelled } = context
  const hasSucceeded = stopped === undefined && targets.every(({ result }) => targetSucceeded(result))
  const mark = hasSucceeded && !cancelled ? (dryRun ? '📋' : '✅') : '❌'
  const outcome = summaryLine(report, 'Nothing was written')
  const name = targets
    .map(({ result }) => code(result.plan?.store.name ?? result.target.store.name))
    .join(', ')
  const parts = [
    `### ${mark} Databricks secrets: ${name}${dryRun ? ', a dry run' : ''}`,
    `${outcome}.${cancelled ? ' The job was cancelled.' : ''} Workspace: ${workspace}${hostVariables}${targets.map(describeCreation).join('')}${targets.map((each) => describeMetastore(each, context)).join('')}`,
    authFromVariables(context.auth),
    stopped && alert('CAUTION', sentencesOf(stopped), { commands: stopped.commands }),
    ...targets.flatMap(renderErrors),
    link && renderLinks([link]),
    ...targets.flatMap(renderTarget),
  ]
  return joinParts(parts.filter((part) => part !== undefined))
}

function describeCreation({ result, dryRun }: TargetReport): string {
  if (!isStoreNew(result, dryRun)) return ''
  const { kind } = result.target.store
  return dryRun ? ` · the ${kind} would be created` : ` · ${kind} created by this run`
}

/** Workspaces with the same metastore have the same schemas, so one sync is enough for them. */
function describeMetastore({ result }: TargetReport, { redactor }: RunContext): string {
  const { metastoreId = '' } = result.plan?.store ?? {}
  return metastoreId === '' ? '' : ` · metastore ${code(redactor.redact(metastoreId))}`
}

function renderErrors({ reasons }: TargetReport): string[] {
  const { stopped, keys, permissions } = reasons
  return [
    ...(stopped === undefined
      ? []
      : [alert('CAUTION', sentencesOf(stopped), { commands: stopped.commands })]),
    ...renderKeyFailures(keys),
    ...renderPermissionFailures(permissions),
  ]
}

function renderTarget(report: TargetReport): (string | Lines | undefined)[] {
  return [
    ...report.notes.map(({ level, text, aboveTable = text, commands = [] }) =>
      alert(level === 'warning' ? 'WARNING' : 'NOTE', aboveTable, { commands }),
    ),
    ...renderKeys(report),
    ...renderPermissions(report),
    renderUse(report),
  ]
}

/** Names the variables, because one that was left on the runner must not be used unnoticed. */
function authFromVariables({ authType, fromVariables }: AuthMethod): string | undefined {
  if (fromVariables.length === 0) return undefined
  return `Signed in with ${code(authType)}, ${fromVariables.map(code).join(', ')}.`
}

function renderPermissions({ permissions }: TargetReport): (string | Lines)[] {
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
function renderUse({ result, dryRun }: TargetReport): string | undefined {
  const { plan } = result
  if (dryRun || plan === undefined) return undefined
  const { readCall, reference } = STORES[plan.store.kind]
  const written = new Set([...keysWithOutcome('created', result), ...keysWithOutcome('updated', result)])
  const entries = plan.keys.flatMap((planned) =>
    planned.action !== 'delete' && written.has(planned.key) ? [planned.entry] : [],
  )
  const firstOf = (isText: boolean): string | undefined =>
    entries.find(({ value }) => value.isText === isText)?.key
  const calls = [true, false].flatMap((isText) => {
    const key = firstOf(isText)
    return key === undefined ? [] : [readCall(plan.store.name, key, isText)]
  })
  if (calls.length === 0) return undefined
  const text = firstOf(true)
  const referenceToText = text === undefined ? undefined : reference?.(plan.store.name, text)
  const forCluster =
    referenceToText === undefined
      ? []
      : [
          'In the Spark configuration or the environment variables of a cluster:',
          `<pre><code>${escapeHtml(referenceToText).replace(/[{}]/g, characterReference)}</code></pre>`,
        ]
  return details(
    'How to use these secrets',
    'In a notebook:',
    `\`\`\`python\n${calls.join('\n')}\n\`\`\``,
    ...forCluster,
  )
}

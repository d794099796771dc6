import { summary, warning } from '@actions/core'

import type { AuthMethod } from '../databricks/auth/choose-auth-method.js'
import { STORES, type StoreKind } from '../stores/store-definition.js'
import { isStoreNew, keysWithOutcome, targetSucceeded } from '../sync/result.js'
import { renderConsumerCounts, renderConsumers, runUrl } from './consumer-sections.js'
import type { FailureReasons } from './describe-errors.js'
import { sentencesOf } from './explanation.js'
import { renderKeyFailures, renderPermissionFailures, renderSharedFailures } from './failure-blocks.js'
import { targetName } from './key-name.js'
import { renderKeys } from './key-table.js'
import {
  alert,
  always,
  characterReference,
  code,
  details,
  escapeHtml,
  escapeMarkdown,
  linkTo,
  joinParts,
  SUMMARY_LIMIT,
  table,
  type Lines,
  type SizeLimit,
} from './markdown.js'
import type { Note } from './notes.js'
import type { PermissionLabels } from './permissions.js'
import type { Report, RunContext, TargetReport } from './report.js'
import { collectFailures, failuresThat } from './run-failures.js'
import type { RunNote } from './run-notes.js'
import { summaryLine, verifiedLine } from './summary-line.js'
import { countTarget, describeNotStarted, orderTargets, targetOutcome } from './target-outcome.js'
import { renderTargetTable } from './target-table.js'
import { renderLinks, type TroubleshootingLink } from './troubleshooting-link.js'
import { count, listNames } from './wording.js'

/** The most targets that the title of a note names. */
const MAX_NAMES = 10

/** Renders the report in GitHub-flavoured Markdown. */
export function renderReport(
  report: Report,
  context: RunContext,
  limit: SizeLimit = SUMMARY_LIMIT,
  place: 'summary' | 'comment' = 'summary',
): string {
  const { dryRun, stopped, targets, consumers, link } = report
  const workspace = linkTo(context.workspaceUrl, context.origin)
  const variables = context.hostFromVariables.map(code).join(', ')
  const hostVariables = variables === '' ? '' : ` (${variables})`
  const { cancelled } = context
  const hasSucceeded = stopped === undefined && targets.every(({ result }) => targetSucceeded(result))
  const mark = hasSucceeded && !cancelled ? (dryRun ? '📋' : '✅') : '❌'
  const outcome = summaryLine(report, 'Nothing was written')
  const verified = verifiedLine(report)
  const [target, ...others] = targets
  const only = others.length === 0 ? target : undefined
  const name =
    only === undefined
      ? count(targets.length, 'target')
      : code(only.result.plan?.store.name ?? targetName(only.result))
  const parts = [
    `### ${mark} Databricks secrets: ${name}${dryRun ? ' (dry run)' : ''}`,
    `${outcome}.${verified === undefined ? '' : ` ${verified}.`}${cancelled ? ' The job was cancelled.' : ''} Workspace: ${workspace}${hostVariables}${only === undefined ? '' : describeCreation(only)}${metastores(targets, context)}`,
    authFromVariables(context.auth),
    stopped && alert('CAUTION', sentencesOf(stopped), { commands: stopped.commands }),
    ...(only === undefined ? renderSharedFailures(sharedFailures(report)) : renderErrors(only)),
    link && renderLinks([link]),
    ...(only === undefined ? renderTargets(report) : [...renderTarget(only, HEADING)]),
    ...(consumers === undefined
      ? []
      : place === 'comment'
        ? renderConsumerCounts(consumers, dryRun, context.env)
        : renderConsumers(consumers, dryRun)),
    only && stopped === undefined ? renderUse(only) : undefined,
  ]
  return joinParts(
    parts.filter((part) => part !== undefined),
    limit,
  )
}

/** The heading over the permissions of a target that is the only one. */
const HEADING = '#### Permissions'

function sharedFailures({ targets, qualifiesKeys }: Report): FailureReasons {
  return collectFailures(
    targets.map(({ result, reasons }) => ({ result, reasons: failuresThat('shared', reasons) })),
    qualifiesKeys,
  )
}

/** A table of all targets, what concerns several of them, and a section for each that did something. */
function renderTargets(report: Report): (string | Lines | undefined)[] {
  const { targets, stopped, dryRun } = report
  // Nothing is known about them.
  if (stopped !== undefined) return []
  const notStarted = describeNotStarted(report)
  return [
    notStarted && escapeMarkdown(notStarted),
    renderTargetTable(targets, dryRun),
    ...report.notes
      .filter(({ targets: names }) => names.length > 1)
      .map((note) => renderNote(note, titleOf(note))),
    ...orderTargets(targets).flatMap(renderSection),
    ...examplesOfUse(targets),
  ]
}

/** How to use the secrets of one target of each kind. */
function examplesOfUse(targets: readonly TargetReport[]): string[] {
  const uses = new Map<StoreKind, string>()
  for (const target of targets) {
    const { kind } = target.result.target.store
    const use = uses.get(kind) ?? renderUse(target)
    if (use !== undefined) uses.set(kind, use)
  }
  return [...uses.values()]
}

function renderSection(target: TargetReport): (string | Lines)[] {
  const { result, permissions } = target
  const outcome = targetOutcome(target)
  if (outcome === 'not started' || isExplained(target)) return []
  if (outcome === 'unchanged') {
    const title = `<code>${escapeHtml(targetName(result))}</code>: `
    const number = `${count(permissions.length, 'permission')} unchanged`
    return [
      ...renderKeys(target, title + countTarget(target)),
      ...renderPermissions(permissions).map((lines) => ({ ...lines, folded: title + number })),
    ]
  }
  const { label } = STORES[result.target.store.kind]
  return [
    always(`#### ${outcome === 'failed' ? '❌ ' : ''}${code(targetName(result))}`),
    always(`${label}: ${countTarget(target)}${describeCreation(target)}`),
    ...renderErrors(target),
    ...renderTarget(target, '**Permissions**'),
  ]
}

/** Whether the target stopped for a reason that is explained above the targets, and there is no more to say about it. */
function isExplained({ result, reasons, notes }: TargetReport): boolean {
  const isShared = ({ shared }: { readonly shared?: boolean }): boolean => shared === true
  return 'stoppedBy' in result && reasons.stopped.every(isShared) && notes.every(isShared)
}

function describeCreation({ result, dryRun }: TargetReport): string {
  if (!isStoreNew(result, dryRun)) return ''
  const { kind } = result.target.store
  return dryRun ? ` · the ${kind} will be created` : ` · ${kind} created by this run`
}

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/

/** Workspaces with the same metastore have the same schemas, so one sync is enough for them. */
function metastores(targets: readonly TargetReport[], { redactor }: RunContext): string {
  const ids = targets.flatMap(({ result }) => result.plan?.store.metastoreId ?? [])
  // Searching for parts of a thousand values takes a third of a second. A UUID from a read, which sends no value, is no part.
  const shown = (id: string): string => (UUID.test(id) ? redactor.redactWholes(id) : redactor.redact(id))
  return [...new Set(ids)].map((id) => ` · metastore ${code(shown(id))}`).join('')
}

/** Why the target failed, without what several targets have in common. */
function renderErrors({ reasons }: TargetReport): string[] {
  const { stopped, keys, permissions } = failuresThat('own', reasons)
  return [
    ...stopped.map(({ reason }) => alert('CAUTION', sentencesOf(reason), { commands: reason.commands })),
    ...renderKeyFailures(keys),
    ...renderPermissionFailures(permissions),
  ]
}

function renderTarget(target: TargetReport, heading: string): (string | Lines)[] {
  const { notes, permissions } = target
  return [
    ...notes.filter(({ shared }) => shared !== true).map((note) => renderNote(note)),
    ...renderKeys(target),
    ...(permissions.length > 0 ? [always(heading)] : []),
    ...renderPermissions(permissions),
  ]
}

function titleOf({ targets }: RunNote): string {
  return `**${count(targets.length, 'target')}:** ${listNames(targets.map(code), MAX_NAMES)}`
}

function renderNote({ level, text, aboveTable = text, commands = [] }: Note, title?: string): string {
  return alert(level === 'warning' ? 'WARNING' : 'NOTE', aboveTable, {
    commands,
    ...(title !== undefined && { title }),
  })
}

/** Names the variables, because one that was left on the runner must not be used unnoticed. */
function authFromVariables({ authType, fromVariables }: AuthMethod): string | undefined {
  if (fromVariables.length === 0) return undefined
  return `Signed in with ${code(authType)}, ${fromVariables.map(code).join(', ')}.`
}

function renderPermissions(permissions: readonly PermissionLabels[]): Lines[] {
  if (permissions.length === 0) return []
  const rows = permissions.map(({ principal, permission, mark, outcome }) => [
    code(principal),
    escapeMarkdown(permission),
    `${mark} ${outcome}`.trim(),
  ])
  return [table(['Principal', 'Permission', 'Result'], rows)]
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

/** Renders the comment of a run that made no plan because of input errors. It names nothing from the inputs. */
export function renderNoPlan(env: NodeJS.ProcessEnv): string {
  const url = runUrl(env)
  const log = url === undefined ? 'log of the run' : `[log of the run](${url})`
  return joinParts([
    '### ❌ Databricks secrets: no plan',
    `This run made no plan, because the inputs of the step have errors. Nothing was sent to Databricks. See the ${log}.`,
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

import { error, info, notice, warning } from '@actions/core'

import type { WorkspaceHost } from '../databricks/host.js'
import type { Inputs } from '../inputs/read-inputs.js'
import type { MaskPlan } from '../secrets/masks/mask-plan.js'
import { normalizeKey } from '../secrets/key.js'
import { STORES } from '../stores/store-definition.js'
import type { StoreCreation } from '../stores/store.js'
import type { KeyAge } from '../sync/key-age.js'
import { keyCount, type Plan, type PlannedStore } from '../sync/plan.js'
import { linesOf } from './explanation.js'
import { summaryLine } from './summary-line.js'
import { keyOutcome, keyOutcomeLabel } from './key-outcome.js'
import { maskWarnings } from './mask-warnings.js'
import { permissionLines } from './permissions.js'
import type { Report, TargetReport } from './report.js'
import { linkLine, type TroubleshootingLink } from './troubleshooting-link.js'
import { count, labelled, listNames } from './wording.js'

/** The runner shows at most ten annotations of each level in a step. */
const MAX_ANNOTATIONS = 10

/** The most keys that one annotation names. */
const MAX_NAMES = 10

/** Logs the host, the authentication method, ignored inputs and omitted names, before the first request. */
export function logStart({ host, hostFromVariables, auth, omitted }: Inputs): void {
  info(labelled('Host', `${describeHost(host)}${inBrackets(hostFromVariables)}`))
  info(labelled('Authentication', `${auth.authType}${inBrackets(auth.usedSettings)}`))
  if (auth.ignoredInputs.length > 0) {
    notice(`With auth-type ${auth.authType}, these inputs are not used: ${auth.ignoredInputs.join(', ')}.`)
  }
  for (const name of omitted) {
    notice(`${name} was left out of the map: its value is a credential of this run.`)
  }
}

function inBrackets(parts: readonly string[]): string {
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`
}

/** The inputs that may need a warning, and the forms of values that are not masked. */
export type LoggedInputs = Pick<Inputs, 'targets' | 'unresolved' | 'warnings'> & Pick<MaskPlan, 'uncovered'>

/**
 * Logs the warnings about inputs. There may be many, and the runner shows only the first ten of a step. So they come after
 * the warnings of the run itself.
 */
function warnAboutInputs({ targets, unresolved, warnings, uncovered }: LoggedInputs): void {
  for (const message of warnings) warning(message)
  if (unresolved.length > 0) warning(looksUnresolved(unresolved))
  for (const message of maskWarnings(
    targets.flatMap(({ secrets }) => secrets),
    uncovered,
  ))
    warning(message)
}

function looksUnresolved(keys: readonly string[]): string {
  return (
    `These values look encrypted, or like a reference to a secret, and are written unchanged: ` +
    `${listNames(keys, MAX_NAMES)}. To write the plain values, decrypt or resolve them in an earlier step.`
  )
}

/** Logs the scope or schema: that it exists, or in a dry run that it would be created. */
export function logPlan({ store }: Plan, dryRun: boolean): void {
  const { label } = STORES[store.kind]
  if (store.action === 'use')
    info(
      labelled(
        label,
        `${store.name} (exists, ${count(keyCount(store), store.isComplete ? 'key' : 'visible key')})`,
      ),
    )
  else if (dryRun) info(labelled(label, `${store.name} (missing, would be created)`))
}

/** Logs that the scope was created, and who manages it. */
export function logCreation({ kind, name }: PlannedStore, { managedBy, unconfirmed }: StoreCreation): void {
  const managers = managedBy === 'users' ? 'every user of the workspace' : 'the identity of this run'
  const how =
    unconfirmed === true
      ? 'created by this run, or by another job at the same time'
      : `created, managed by ${managers}`
  info(labelled(STORES[kind].label, `${name} (${how})`))
}

/** Logs the keys of a target that are deleted next. */
export function logDeletes({ kind }: PlannedStore, keys: readonly string[]): void {
  info('')
  info(
    `Deleting ${count(keys.length, 'key')} of the ${kind} that ${keys.length === 1 ? 'is' : 'are'} not in the map:`,
  )
  for (const key of keys) info(`  ${key}`)
}

/**
 * Logs the outcome of each key in the order of the map, then permissions, notes, warnings, errors and the summary line.
 *
 * @param durationMs The duration of the run, in ms.
 */
export function logReport(report: Report, inputs: LoggedInputs, durationMs: number): void {
  const { targets, stopped, link } = report
  for (const target of targets) {
    const { permissions } = target
    logPart(keyLines(target))
    if (permissions.length > 0) logPart(['Permissions', ...permissionLines(permissions)])
  }
  const notes = targets.flatMap((target) => target.notes)
  const errors = [...targets.flatMap(errorsOf), ...(stopped === undefined ? [] : [linesOf(stopped)])]
  if (notes.length + errors.length > 0) info('')
  for (const { level, text, commands = [] } of notes) {
    ;(level === 'warning' ? warning : notice)([text, ...commands].join('\n'))
  }
  warnAboutInputs(inputs)
  annotate(errors, link === undefined ? [] : [link])
  logPart([`${summaryLine(report)} (${describeDuration(durationMs)}).`])
}

function errorsOf({ reasons }: TargetReport): string[] {
  return [
    ...reasons.keys.map(({ names, reason }) => `${listNames(names, MAX_NAMES)}: ${linesOf(reason)}`),
    ...reasons.permissions.map(({ names, reason }) => {
      const quoted = names.map((name) => `"${name}"`)
      return `Permission of ${listNames(quoted, MAX_NAMES)}: ${linesOf(reason)}`
    }),
    ...(reasons.stopped === undefined ? [] : [linesOf(reasons.stopped)]),
  ]
}

function logPart(lines: readonly string[]): void {
  for (const line of lines.length > 0 ? ['', ...lines] : []) info(line)
}

/** The outcome of each key, in columns, and the other stale keys of the target. */
function keyLines({ result, ages, dryRun }: TargetReport): string[] {
  const ageOf = new Map(ages.map((aged) => [normalizeKey(aged.key), aged]))
  const labels = result.keys.map((each) => keyOutcomeLabel(keyOutcome(each), dryRun))
  const width = labels.reduce((most, { length }) => Math.max(most, length), 'created'.length)
  const line = (label: string, key: string, aged: KeyAge | undefined): string =>
    `  ${label.padEnd(width)}  ${key}${describeAge(aged)}`
  const planned = result.keys.map(({ key }, index) => {
    const aged = ageOf.get(normalizeKey(key))
    ageOf.delete(normalizeKey(key))
    return line(labels[index] ?? '', key, aged)
  })
  const others = [...ageOf.values()].filter(({ stale }) => stale)
  return [...planned, ...others.map((aged) => line('stale', aged.key, aged))]
}

function describeAge(aged: KeyAge | undefined): string {
  if (aged?.days === undefined) return ''
  return `  (${count(aged.days, 'day')} old${aged.stale ? ', stale' : ''})`
}

/**
 * Logs the input errors of a run.
 *
 * @param number The number of errors: one message can describe several.
 */
export function logInputErrors(
  messages: readonly string[],
  links: readonly TroubleshootingLink[],
  number: number,
): void {
  annotate(messages, links)
  info('')
  info(`Stopped before the first request: ${count(number, 'input error')}.`)
}

/** The address of the workspace for a browser. */
export function describeHost({ origin, workspaceId }: WorkspaceHost): string {
  if (workspaceId === undefined) return origin
  return `${origin}/?${/^\d+$/.test(workspaceId) ? 'o' : 'w'}=${workspaceId}`
}

/** Logs errors, the first ten as annotations. The last one ends with the links, each on a line of its own. */
function annotate(messages: readonly string[], links: readonly TroubleshootingLink[]): void {
  const last = [messages.at(-1) ?? [], ...links.map(linkLine)].flat().join('\n')
  for (const [index, message] of messages.entries()) {
    const text = index === messages.length - 1 ? last : message
    if (index < MAX_ANNOTATIONS) error(text)
    else info(`Error: ${text}`)
  }
  if (messages.length === 0 && last !== '') info(last)
}

function describeDuration(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`
}

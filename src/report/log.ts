import { endGroup, error, info, notice, startGroup, warning } from '@actions/core'

import type { Inputs } from '../inputs/read-inputs.js'
import type { MaskPlan } from '../secrets/masks/mask-plan.js'
import { STORES } from '../stores/store-definition.js'
import type { KeyAge } from '../sync/key-age.js'
import { consumerLines, consumersTitle, MAX_CONSUMERS_SHOWN } from './consumer-sections.js'
import type { ConsumerReport } from './consumers.js'
import type { FailureReasons } from './describe-errors.js'
import { describeInputErrors } from './describe-input-errors.js'
import { linesOf } from './explanation.js'
import type { FailureGroup } from './failure-groups.js'
import { targetName } from './key-name.js'
import { keyOutcomeLabel, type KeyOutcome } from './key-outcome.js'
import { orderKeys, type KeyRow, type KeyRows } from './key-rows.js'
import { leftAlone } from './key-table.js'
import { coloured, type LogColour } from './log-colours.js'
import { maskWarnings } from './mask-warnings.js'
import type { Note } from './notes.js'
import { permissionLines } from './permissions.js'
import type { Report, TargetReport } from './report.js'
import { summaryLine, verifiedLine } from './summary-line.js'
import { countTarget, describeNotStarted, orderTargets, targetOutcome } from './target-outcome.js'
import { labelledLinkLine, linkLine, type TroubleshootingLink } from './troubleshooting-link.js'
import { count, listNames } from './wording.js'

/** The runner shows at most ten annotations of each level in a step. */
const MAX_ANNOTATIONS = 10

/** The most keys that one annotation names. */
const MAX_NAMES = 10

/** The inputs that may need a warning, and the forms of values that are not masked. */
export type LoggedInputs = Pick<Inputs, 'targets' | 'unresolved' | 'warnings' | 'notices'> &
  Pick<MaskPlan, 'uncovered'>

/** The warnings about inputs. There may be many, so they come after the warnings of the run itself. */
function inputWarnings({ targets, unresolved, warnings, uncovered }: LoggedInputs): string[] {
  const secrets = targets.flatMap((target) => target.secrets)
  return [
    ...warnings,
    ...(unresolved.length > 0 ? [looksUnresolved(unresolved)] : []),
    ...maskWarnings(secrets, uncovered),
  ]
}

function looksUnresolved(keys: readonly string[]): string {
  return (
    `These values look encrypted, or like a reference to a secret, and are written unchanged: ` +
    `${listNames(keys, MAX_NAMES)}. To write the plain values, decrypt or resolve them in an earlier step.`
  )
}

/**
 * Logs each key and permission, target by target, then notes, warnings, errors and the summary line.
 *
 * @param durationMs The duration of the run, in ms.
 */
export function logReport(report: Report, inputs: LoggedInputs, durationMs: number): void {
  const { targets, stopped, failures, notes, consumers, link } = report
  if (stopped === undefined) {
    for (const target of orderTargets(targets)) {
      if (targets.length === 1) logTarget(target)
      else if (targetOutcome(target) !== 'not started') logSection(target)
    }
    const notStarted = describeNotStarted(report)
    if (targets.length > 1 && notStarted !== undefined) logPart([notStarted])
  }
  if (consumers !== undefined) logConsumers(consumers, report.dryRun)
  const errors = [
    ...(stopped === undefined ? [] : [linesOf(stopped)]),
    ...describeErrors(failures, report.qualifiesKeys),
  ]
  const textsOf = (which: Note['level']): string[] => [
    ...notes
      .filter(({ level }) => level === which)
      .map(({ text, commands = [], targets: names }) => {
        const start = report.qualifiesKeys ? `${listNames(names, MAX_NAMES)}: ` : ''
        return [start + text, ...commands].join('\n')
      }),
    ...(consumers?.notes ?? []).filter(({ level }) => level === which).map(({ text }) => text),
  ]
  if (notes.length + (consumers?.notes.length ?? 0) + errors.length > 0) info('')
  annotate('notice', [...textsOf('notice'), ...describeInputErrors(inputs.notices)])
  annotate('warning', [...textsOf('warning'), ...inputWarnings(inputs)])
  annotateErrors(errors, link === undefined ? [] : [link])
  // They only follow from an error, which has an annotation.
  for (const { names, reason } of failures.keys.filter(isSkipped)) {
    info(`${listNames(names, MAX_NAMES)}: ${linesOf(reason)}`)
  }
  // Not an annotation, because these are shown in more places than the log.
  logPart((consumers?.pasted ?? []).map((text) => `${coloured('Warning:', 'yellow')} ${text}`))
  const verified = verifiedLine(report)
  logPart([
    ...(verified === undefined ? [] : [`${verified}.`]),
    `${summaryLine(report)} (${describeDuration(durationMs)}).`,
  ])
}

/** Logs the consumers of keys that this run writes or deletes. */
function logConsumers(consumers: ConsumerReport, dryRun: boolean): void {
  const lines = consumerLines(consumers)
  const title = consumersTitle(consumers, dryRun)
  if (lines.length < MAX_CONSUMERS_SHOWN) {
    logPart([title, ...lines])
    return
  }
  info('')
  logGroup(title, lines)
}

function describeErrors({ stopped, keys, permissions }: FailureReasons, qualifiesKeys: boolean): string[] {
  return [
    ...stopped.map(({ names, reason }) => {
      return `${qualifiesKeys ? `${listNames(names, MAX_NAMES)}: ` : ''}${linesOf(reason)}`
    }),
    ...keys
      .filter((failure) => !isSkipped(failure))
      .map(({ names, reason }) => `${listNames(names, MAX_NAMES)}: ${linesOf(reason)}`),
    ...permissions.map(({ names, reason }) => {
      const shown = qualifiesKeys ? names : names.map((name) => `"${name}"`)
      return `Permission of ${listNames(shown, MAX_NAMES)}: ${linesOf(reason)}`
    }),
  ]
}

function isSkipped({ outcome }: FailureGroup): boolean {
  return outcome === 'not deleted'
}

/** Logs one of several targets under its name. What is unchanged is folded away. */
function logSection(target: TargetReport): void {
  const { result } = target
  const { label } = STORES[result.target.store.kind]
  const title = `${label} ${targetName(result)}: ${countTarget(target)}`
  if (targetOutcome(target) !== 'unchanged') {
    logTarget(target, title)
    return
  }
  const { shown, folded } = keyLines(target)
  logGroup(title, [...shown, ...folded, ...permissionLines(target.permissions)])
}

function logTarget(target: TargetReport, title?: string): void {
  const { permissions } = target
  const { shown, folded } = keyLines(target)
  const lines = [...(title === undefined ? [] : [title]), ...shown]
  logPart(lines)
  if (folded.length > 0) {
    if (lines.length === 0) info('')
    logGroup(leftAlone(folded.length), folded)
  }
  if (permissions.length > 0) logPart(['Permissions', ...permissionLines(permissions)])
}

function logPart(lines: readonly string[]): void {
  for (const line of lines.length > 0 ? ['', ...lines] : []) info(line)
}

/** Logs lines that the page of the job shows folded away. */
function logGroup(title: string, lines: readonly string[]): void {
  startGroup(title)
  for (const line of lines) info(line)
  endGroup()
}

/**
 * The outcome of each key, in columns, and the other stale keys of the target. Deleted keys are left out, because
 * `logDeletes` has listed them.
 */
function keyLines(target: TargetReport): Record<keyof KeyRows, string[]> {
  const { dryRun } = target
  const { shown, folded } = orderKeys(target, 'stale')
  const listed = shown.filter(({ outcome }) => outcome !== 'deleted' || dryRun)
  const labelOf = ({ outcome }: KeyRow): string =>
    outcome === undefined ? 'stale' : keyOutcomeLabel(outcome, dryRun)
  const width = [...listed, ...folded].reduce(
    (most, row) => Math.max(most, labelOf(row).length),
    'created'.length,
  )
  const line = (row: KeyRow): string => {
    const label = labelOf(row)
    const colour = row.outcome === undefined ? 'yellow' : COLOURS[row.outcome]
    return `  ${coloured(label, colour)}${' '.repeat(width - label.length)}  ${row.key}${describeAge(row.aged)}`
  }
  return { shown: listed.map(line), folded: folded.map(line) }
}

const COLOURS: Partial<Record<KeyOutcome, LogColour>> = {
  failed: 'red',
  'not verified': 'red',
  'not deleted': 'yellow',
}

function describeAge(aged: KeyAge | undefined): string {
  if (aged?.days === undefined) return ''
  return `  (${count(aged.days, 'day')} old${aged.stale ? `, ${coloured('stale', 'yellow')}` : ''})`
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
  annotateErrors(messages, links)
  info('')
  info(`Stopped before the first request: ${count(number, 'input error')}.`)
}

/** Logs errors. The last one ends with the links, each on a line of its own. */
function annotateErrors(messages: readonly string[], links: readonly TroubleshootingLink[]): void {
  const lines = links.length > 1 ? links.map(labelledLinkLine) : links.map(linkLine)
  const last = messages.at(-1)
  if (last === undefined) for (const line of lines) info(line)
  else annotate('error', [...messages.slice(0, -1), [last, ...lines].join('\n')])
}

const ANNOTATIONS = {
  notice: { write: notice, label: 'Notice:', colour: undefined },
  warning: { write: warning, label: 'Warning:', colour: 'yellow' },
  error: { write: error, label: 'Error:', colour: 'red' },
} as const

/** Logs messages, the first ten as annotations. The tenth says how many more the log has. */
function annotate(level: keyof typeof ANNOTATIONS, messages: readonly string[]): void {
  const { write, label, colour } = ANNOTATIONS[level]
  for (const [index, message] of messages.entries()) {
    const rest = index === MAX_ANNOTATIONS - 1 ? messages.length - MAX_ANNOTATIONS : 0
    if (index < MAX_ANNOTATIONS)
      write(rest > 0 ? `${message}\n… and ${count(rest, `more ${level}`)}: see the log.` : message)
    else info(`${coloured(label, colour)} ${message}`)
  }
}

function describeDuration(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`
}

import { error, info, notice, warning } from '@actions/core'

import type { WorkspaceHost } from '../databricks/host.js'
import type { Inputs } from '../inputs/read-inputs.js'
import type { MaskPlan } from '../secrets/masks/mask-plan.js'
import { normalizeKey } from '../secrets/key.js'
import type { KeyAge } from '../sync/key-age.js'
import { keyCount, type Plan } from '../sync/plan.js'
import type { ScopeCreation } from '../sync/scope.js'
import { summaryLine } from './summary-line.js'
import { keyOutcome, keyOutcomeLabel } from './key-outcome.js'
import { maskWarnings } from './mask-warnings.js'
import { permissionLines } from './permissions.js'
import type { Report } from './report.js'
import { count, listNames } from './wording.js'

/** The runner shows no more than ten annotations of a kind in a step. */
const MAX_ANNOTATIONS = 10

/** As many keys are named in one annotation. */
const MAX_NAMES = 10

/** Tells what the run is about to do, and what the inputs leave out. */
export function logStart({ host, hostFromVariables, auth: signIn, omitted }: Inputs): void {
  info(`Workspace  ${describeHost(host)}${inBrackets(hostFromVariables)}`)
  info(`Sign-in    ${signIn.authType}${inBrackets(signIn.usedSettings)}`)
  if (signIn.ignoredInputs.length > 0) {
    notice(
      `With auth-type ${signIn.authType}, these inputs are not used: ${signIn.ignoredInputs.join(', ')}.`,
    )
  }
  for (const name of omitted) {
    notice(`${name} was left out of the map: its value is a credential of this run.`)
  }
}

function inBrackets(parts: readonly string[]): string {
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`
}

/** The inputs that may need a warning, with the forms of values that are not masked. */
export type LoggedInputs = Pick<Inputs, 'secrets' | 'unresolved' | 'warnings'> & Pick<MaskPlan, 'uncovered'>

/**
 * Tells what in the inputs should be looked at. There may be many such warnings, and the runner shows the first ten of a
 * step: so they come after those of the run itself.
 */
function warnOfInputs({ secrets, unresolved, warnings, uncovered }: LoggedInputs): void {
  for (const message of warnings) warning(message)
  if (unresolved.length > 0) warning(looksUnresolved(unresolved))
  for (const message of maskWarnings(secrets, uncovered)) warning(message)
}

function looksUnresolved(keys: readonly string[]): string {
  return (
    `These values look encrypted, or like a reference to a secret, and are written as they are: ` +
    `${listNames(keys, MAX_NAMES)}. If that is not meant, decrypt or resolve them in an earlier step.`
  )
}

/** Tells which scope the run is about and, if it is missing in a dry run, what would become of it. */
export function logPlan({ scope }: Plan, dryRun: boolean): void {
  if (scope.action === 'use') info(`Scope      ${scope.name} (exists, ${count(keyCount(scope), 'key')})`)
  else if (dryRun) info(`Scope      ${scope.name} (missing, would be created)`)
}

/** Tells that the scope was created, and who manages it. */
export function logCreation(scope: string, { managedBy, unconfirmed }: ScopeCreation): void {
  const managers = managedBy === 'users' ? 'every user of the workspace' : 'the identity of this run'
  const how =
    unconfirmed === true
      ? 'created by this run, or by another job at the same moment'
      : `created, managed by ${managers}`
  info(`Scope      ${scope} (${how})`)
}

/** Names every key that is about to be deleted. */
export function logDeletes(keys: readonly string[]): void {
  info('')
  info(`Deleting ${count(keys.length, 'key')} of the scope that the map does not have:`)
  for (const key of keys) info(`  ${key}`)
}

/**
 * Tells what became of each key, in the order of the map, what should be looked at, and how the run as a whole went; the
 * duration is in ms.
 */
export function logReport(report: Report, inputs: LoggedInputs, durationMs: number): void {
  const { reasons, notes, permissions } = report
  logPart(keyLines(report))
  if (permissions.length > 0) logPart(['Permissions', ...permissionLines(permissions)])
  const errors = [
    ...reasons.keys.map(({ names, reason }) => `${listNames(names, MAX_NAMES)}: ${reason}`),
    ...reasons.permissions.map(({ names, reason }) => {
      const quoted = names.map((name) => `"${name}"`)
      return `Permission of ${listNames(quoted, MAX_NAMES)}: ${reason}`
    }),
    ...(reasons.stopped === undefined ? [] : [reasons.stopped]),
  ]
  if (notes.length + errors.length > 0) info('')
  for (const { level, text } of notes) (level === 'warning' ? warning : notice)(text)
  warnOfInputs(inputs)
  annotate(errors)
  logPart([`${summaryLine(report)} (${describeDuration(durationMs)}).`])
}

function logPart(lines: readonly string[]): void {
  for (const line of lines.length > 0 ? ['', ...lines] : []) info(line)
}

/** What became of each key, in columns, and which others of the scope are stale. */
function keyLines({ result, ages }: Report): string[] {
  const ageOf = new Map(ages.map((aged) => [normalizeKey(aged.key), aged]))
  const words = result.keys.map((each) => keyOutcomeLabel(keyOutcome(each), result.dryRun))
  const width = words.reduce((most, { length }) => Math.max(most, length), 'created'.length)
  const line = (word: string, key: string, aged: KeyAge | undefined): string =>
    `  ${word.padEnd(width)}  ${key}${describeAge(aged)}`
  const planned = result.keys.map(({ key }, index) => {
    const aged = ageOf.get(normalizeKey(key))
    ageOf.delete(normalizeKey(key))
    return line(words[index] ?? '', key, aged)
  })
  const others = [...ageOf.values()].filter(({ stale }) => stale)
  return [...planned, ...others.map((aged) => line('stale', aged.key, aged))]
}

function describeAge(aged: KeyAge | undefined): string {
  if (aged?.days === undefined) return ''
  return `  (${count(aged.days, 'day')} old${aged.stale ? ', stale' : ''})`
}

/** Tells everything that is wrong with the inputs: so many faults, some of which are told together. */
export function logInputErrors(messages: readonly string[], errors: number): void {
  annotate(messages)
  info('')
  info(`Stopped before the first request: ${count(errors, 'fault')} in the inputs.`)
}

/** The workspace as a person would open it. */
export function describeHost({ origin, workspaceId }: WorkspaceHost): string {
  if (workspaceId === undefined) return origin
  return `${origin}/?${/^\d+$/.test(workspaceId) ? 'o' : 'w'}=${workspaceId}`
}

/** The first ten as annotations, which the runner shows above the log; in the log, all of them. */
function annotate(messages: readonly string[]): void {
  for (const [index, message] of messages.entries()) {
    if (index < MAX_ANNOTATIONS) error(message)
    else info(`Error: ${message}`)
  }
}

function describeDuration(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`
}

import { error, info, notice, warning } from '@actions/core'

import type { WorkspaceHost } from '../databricks/host.js'
import type { Inputs } from '../inputs.js'
import { maskProblem, MIN_MASK_LENGTH } from '../secrets/masks.js'
import { keysThat, OUTCOMES, type Result } from '../sync/result.js'
import type { OpenScope } from '../sync/scope.js'
import type { Reasons } from './explain.js'

/** The runner shows no more than ten annotations of a kind in a step. */
const MAX_ANNOTATIONS = 10

/** Tells what the run is about to do, and what in the inputs should be looked at. */
export function logStart({ host, signIn, secrets, leftOut, warnings }: Inputs): void {
  info(`Workspace  ${describeHost(host)}`)
  const parts = signIn.parts.length === 0 ? '' : ` (${signIn.parts.join(', ')})`
  info(`Sign-in    ${signIn.authType}${parts}`)
  for (const message of warnings) warning(message)
  for (const name of leftOut) {
    notice(`${name} was left out of the map: its value is the credential that this run signs in with.`)
  }
  for (const { key, value } of secrets) {
    const problem = maskProblem(value)
    if (problem !== undefined) warning(`The value of ${key} ${MASK_PROBLEMS[problem]}`)
  }
}

const MASK_PROBLEMS = {
  garbles: `has fewer than ${MIN_MASK_LENGTH} characters. It is masked all the same, which garbles the log wherever they occur.`,
  absent: `has no line of ${MIN_MASK_LENGTH} characters or more, so it cannot be masked: make sure that no step prints it.`,
} as const

/** Tells which scope is written to and, if it is new, who manages it. */
export function logScope({ name, keys, created }: OpenScope): void {
  if (created === undefined) {
    info(`Scope      ${name} (exists, ${count(keys.length, 'key')})`)
    return
  }
  const managers =
    created.managedBy === 'users' ? 'every user of the workspace' : 'the identity behind the token'
  info(`Scope      ${name} (created, managed by ${managers})`)
  if (created.fellBack) warning(everybodyManages(name))
}

/** What has to be known of a scope that was created with `users` because the workspace insisted. */
export function everybodyManages(scope: string): string {
  return (
    `Every user of the workspace now manages the scope "${scope}": they can read, change and delete all that is in it. ` +
    'This workspace is on the Standard plan, which has no other scopes. Set initial-manage-principal to users to ' +
    'accept that without a warning, or to creator to stop instead.'
  )
}

/** Tells what became of each key, in the order of the map, and of the run as a whole; the duration is in ms. */
export function logResult(result: Result, { stopped, failed }: Reasons, durationMs: number): void {
  info('')
  for (const { key, outcome } of result.keys) info(`  ${outcome.padEnd(7)}  ${key}`)
  annotate([
    ...[...failed].map(([key, reason]) => `${key}: ${reason}`),
    ...(stopped === undefined ? [] : [stopped]),
  ])
  info('')
  info(`${closingLine(result)} (${describeDuration(durationMs)}).`)
}

/** The whole run in a sentence: how many secrets were put, and in which way. */
export function closingLine(result: Result): string {
  if ('stoppedBy' in result) return 'Stopped before the first secret was put'
  const total = result.keys.length
  const put = total - keysThat('failed', result).length
  const parts = OUTCOMES.map((outcome) => [keysThat(outcome, result).length, outcome] as const)
    .filter(([number]) => number > 0)
    .map(([number, outcome]) => `${number} ${outcome}`)
  return `${put === total ? '' : `${put} of `}${count(total, 'secret')} put: ${parts.join(', ')}`
}

/** Tells everything that is wrong with the inputs: so many faults, some of which are told together. */
export function logFaults(messages: readonly string[], faults: number): void {
  annotate(messages)
  info('')
  info(`Stopped before the first request: ${count(faults, 'fault')} in the inputs.`)
}

/** The workspace as a person would open it. */
export function describeHost({ origin, workspaceId }: WorkspaceHost): string {
  return workspaceId === undefined ? origin : `${origin}/?o=${workspaceId}`
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

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

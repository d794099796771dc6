import type { Annotation } from './job-log.js'
import type { LogEntry } from './rendering.js'
import type { SecretMasker } from './secret-masker.js'

/** All that a person or a later step gets of a step. */
export interface StepResult {
  /** As the job's page shows it; `failure` also when the runner refused a command of a process that ended with 0. */
  outcome: 'success' | 'failure' | 'cancelled'
  /** The exit code; null when a signal ended the process. */
  exitCode: number | null
  signal: NodeJS.Signals | null
  timedOut: boolean
  /** Raw, before commands and masks: what leak tests search. */
  stdout: string
  /** Raw. Not empty only with `allowStderr`. */
  stderr: string
  /** What a person sees on the job's page: masked, header first, no colour, no timestamps. */
  log: string
  /** `log`, one string a line. */
  logLines: string[]
  /** `log` as data, to colour it (see `colourLog`). */
  entries: LogEntry[]
  /** Every value that came by add-mask, in order, decoded but otherwise as received. */
  masks: string[]
  /** What later steps of the job are masked with: all that the runner knows at the end of this one. */
  masker: SecretMasker
  /** All of them, those of the runner itself included; `shown` is false after the tenth of a level. */
  annotations: Annotation[]
  /** What a later step reads as `steps.<id>.outputs`. */
  outputs: Record<string, string>
  /** The raw file, even where the runner dropped it. */
  summary: string
  /** The summary that the page shows: masked line by line, empty when it was dropped for its size. */
  summaryShown: string
  /** What was added to the environment of later steps. */
  envChanges: Record<string, string>
  /** What the post step of the action would get. */
  state: Record<string, string>
  /** What was put in front of later steps' `PATH`. */
  path: string[]
  /** The version of node that ran the action, e.g. `v24.21.0`. */
  node: string
  /** Of the process, from spawn to end, in milliseconds. */
  durationMs: number
  /** From SIGINT to the end of the process, in milliseconds; undefined where it was not cancelled. */
  afterCancelMs: number | undefined
}

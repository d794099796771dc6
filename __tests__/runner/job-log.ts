import type { SecretMasker } from './secret-masker.js'

/** The levels of an annotation. */
export type Level = 'error' | 'warning' | 'notice'

/** What the summary page of the run shows of a step, besides its log. */
export interface Annotation {
  level: Level
  /** Masked, and cut to 4,096 characters, as the runner does. */
  message: string
  /** Not masked: the runner sends it as it came. */
  title?: string
  /** Not masked either. */
  file?: string
  line?: number
  /** Whether the page shows it: only the first ten of each level of a step. */
  shown: boolean
}

const MOST_SHOWN_OF_A_LEVEL = 10
const LONGEST_MESSAGE = 4096

/** Takes what a step says, masks it with what is registered at that moment, and keeps it as the runner's log file does. */
export class JobLog {
  /** What was written, masked, oldest first. A message of several lines is one element. */
  readonly written: string[] = []
  readonly annotations: Annotation[] = []
  readonly #masker: SecretMasker
  readonly #debug: boolean

  /** @param debug whether debug messages are kept */
  constructor(masker: SecretMasker, debug: boolean) {
    this.#masker = masker
    this.#debug = debug
  }

  /** Writes text. `##[error]`, `##[group]` and the like at its start decide how the page shows it. */
  output(text: string): void {
    this.written.push(this.#masker.mask(text))
  }

  /** Writes a debug message, line by line, unless debug is off. */
  debug(message: string): void {
    if (!this.#debug) return
    for (const line of message.split(/\r?\n/)) this.output(`##[debug]${line}`)
  }

  /** Adds an annotation and writes its message to the log (`ExecutionContext.AddIssue` of actions/runner). */
  issue(level: Level, message: string, place: Pick<Annotation, 'title' | 'file' | 'line'> = {}): void {
    const masked = this.#masker.mask(message).slice(0, LONGEST_MESSAGE)
    const before = this.annotations.filter((annotation) => annotation.level === level).length
    this.annotations.push({ level, message: masked, ...place, shown: before < MOST_SHOWN_OF_A_LEVEL })
    // Masked again together with its tag, as the runner does: a mask of one letter takes the tag apart.
    if (masked !== '') this.output(`##[${level}]${masked}`)
  }
}

/**
 * Writes the group that comes first in a step's log (`Handler.PrintActionDetails` of actions/runner): its inputs,
 * defaults included and empty ones left out, and its `env:`. Nothing that the action masks later is masked here.
 */
export function writeHeader(
  log: JobLog,
  uses: string,
  inputs: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>>,
): void {
  const section = (title: string, entries: [string, string][]): void => {
    if (entries.length > 0) log.output(`${title}:`)
    for (const [name, value] of entries) log.output(`  ${name}: ${value}`)
  }
  log.output(`##[group]Run ${uses}`)
  section(
    'with',
    Object.entries(inputs).filter(([, value]) => value !== ''),
  )
  section('env', Object.entries(env))
  log.output('##[endgroup]')
}

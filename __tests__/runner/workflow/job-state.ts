import type { StepFolders } from '../environment.js'
import type { StepResult } from '../step-result.js'
import type { Scope, Status } from './expression.js'
import type { Texts } from './workflow-file.js'

/** A step as it went. */
export interface PlayedStep {
  /** Its name, or what it uses, or the first line of its script. */
  readonly name: string
  readonly outcome: Status
  /** Whether the job goes on, as if it had succeeded, when it fails. Default false. */
  readonly continueOnError?: boolean
  /** What it left; nothing if it was skipped, or is a stand-in's. */
  readonly result?: Omit<StepResult, 'node'>
  /** Whether it is the action's own. */
  readonly isOurs: boolean
}

/** What a job starts with. */
export interface JobSetting {
  readonly contexts: Scope['contexts']
  readonly env: Texts
  readonly masks: readonly string[]
  readonly folders: StepFolders
  /** What the runner sets by itself for this job, over what it always sets. */
  readonly runner: Texts
  /** In front of `PATH`. */
  readonly path: readonly string[]
}

/** What a step hands on to the steps after it. */
export interface StepEffects {
  readonly id: string | undefined
  readonly outputs: Texts
  readonly env: Texts
  readonly masks: readonly string[]
  readonly path: readonly string[]
}

/** What the steps of a job share, as it grows from one to the next. */
export class JobState {
  readonly folders: StepFolders
  readonly runner: Texts
  readonly steps: PlayedStep[] = []
  #status: Status = 'success'
  #env: Texts
  #masks: readonly string[]
  #path: readonly string[]
  readonly #contexts: Scope['contexts']
  readonly #named: Record<string, { outputs: Texts; outcome: string; conclusion: string }> = {}
  readonly #names = new Map<string, number>()

  constructor({ contexts, env, masks, folders, runner, path }: JobSetting) {
    this.#contexts = contexts
    this.#env = env
    this.#masks = masks
    this.#path = path
    this.folders = folders
    this.runner = runner
  }

  /** How the job stands so far. */
  get status(): Status {
    return this.#status
  }

  /** The variables of every step to come. */
  get env(): Texts {
    return this.#env
  }

  /** What is masked in the log from here on. */
  get masks(): readonly string[] {
    return this.#masks
  }

  /** Folders that steps have put in front of the PATH. */
  get path(): readonly string[] {
    return this.#path
  }

  /** What the expressions of the next step can see, with the step's own variables. */
  scope(ownEnv: Texts = {}): Scope {
    const contexts = { ...this.#contexts, env: { ...this.#env, ...ownEnv }, steps: this.#named }
    return { contexts, status: this.#status }
  }

  /** The name by which the runner tells steps apart (`GITHUB_ACTION`): further ones of a name get a number. */
  uniqueName(base: string): string {
    const count = (this.#names.get(base) ?? 0) + 1
    this.#names.set(base, count)
    return count === 1 ? base : `${base}_${count}`
  }

  /** Takes the end of a step. */
  add(step: PlayedStep, { id, outputs, env, masks, path }: StepEffects): void {
    this.steps.push(step)
    const conclusion = step.continueOnError && step.outcome === 'failure' ? 'success' : step.outcome
    if (conclusion === 'failure') this.#status = 'failure'
    this.#env = { ...this.#env, ...env }
    this.#masks = [...this.#masks, ...masks]
    this.#path = [...path, ...this.#path]
    if (id !== undefined) this.#named[id] = { outputs, outcome: step.outcome, conclusion }
  }
}

import { access, mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { readAction } from './action-metadata.js'
import { CommandProcessor } from './command-processor.js'
import {
  environmentOf,
  FAKE_GITHUB_TOKEN,
  foldersBelow,
  makeFolders,
  runnerVariables,
} from './environment.js'
import { resolveInputs, warnOfInputs } from './inputs.js'
import { JobLog, writeHeader } from './job-log.js'
import { findNode24 } from './node.js'
import { SecretMasker } from './secret-masker.js'
import { runStepProcess } from './step-process.js'
import type { StepResult } from './step-result.js'

export type { Annotation } from './job-log.js'
export type { LogEntry } from './rendering.js'
export type { StepResult } from './step-result.js'

/** One step of a job that uses the action, as a workflow would write it, and how to run it. */
export interface Step {
  /** The inputs as written in the workflow, after `${{ }}` substitution. The runner passes them on untrimmed. */
  with?: Record<string, string>
  /** The step's own `env:`, shown in its header. Not for variables of the runner: see `runnerVariables`. */
  env?: Record<string, string>
  /** What the runner knows as secrets and masks from the start, as it does for those of a repository. */
  secrets?: Record<string, string>
  /** `GITHUB_WORKSPACE` and the working directory. Default: a fresh folder, removed after the step. */
  workspace?: string
  /** `RUNNER_DEBUG=1`: debug lines are shown, commands echoed. Default: false. */
  debug?: boolean
  /** More flags for node, e.g. `['--import', file]`. */
  nodeOptions?: string[]
  /** The folder of action.yml. Default: the root of this repository. */
  actionFolder?: string
  /** The entry file, relative to `actionFolder` unless absolute. Default: `runs.main` of action.yml. */
  main?: string
  /** Milliseconds after which the step is killed and the result says `timedOut`. Default: 60,000. */
  timeoutMs?: number
  /** Cancels the step when aborted: SIGINT, SIGTERM 7.5 s later, the end 2.5 s after that. */
  cancel?: AbortSignal
  /** Kills it when aborted, as when the runner's machine is lost. */
  kill?: AbortSignal
  /** Lets the action write to stderr; without it, `runStep` rejects when it does. */
  allowStderr?: boolean
  /** `GITHUB_*`, `RUNNER_*`, `ACTIONS_*`: laid over what the harness sets, and not shown in the header. */
  runnerVariables?: Record<string, string>
  /** What `GITHUB_EVENT_PATH` holds. Default: `{}`. */
  event?: unknown
  /** What the header calls the action. Default: `owner/databricks-secrets-sync@v1`. */
  uses?: string
}

/** The action wrote to stderr, which the runner reads ahead of masks sent before. The result comes along. */
export class UnexpectedStderr extends Error {
  override readonly name = 'UnexpectedStderr'
  readonly result: StepResult

  constructor(result: StepResult) {
    super(`The action wrote to stderr (exit code ${String(result.exitCode)}):\n${result.stderr}`)
    this.result = result
  }
}

/**
 * Runs a step as the GitHub runner does and gives back all that it leaves. Its temporary folders are gone afterwards.
 * @throws UnexpectedStderr when the action writes to stderr, unless the step allows it
 * @throws Error when the action cannot be started: no action.yml, no entry file, a variable over the system's limit
 */
export async function runStep(step: Step = {}): Promise<StepResult> {
  // Its real path, as an action that compares paths once links are resolved sees the same.
  const root = await realpath(await mkdtemp(path.join(tmpdir(), 'runner-')))
  try {
    const result = await runBelow(root, step)
    if (result.stderr !== '' && !step.allowStderr) throw new UnexpectedStderr(result)
    return result
  } finally {
    await rm(root, { recursive: true, force: true, maxRetries: 5 })
  }
}

async function runBelow(root: string, step: Step): Promise<StepResult> {
  const { with: given = {}, env = {}, debug = false, timeoutMs = 60_000, cancel, kill } = step
  const actionFolder = step.actionFolder ?? path.resolve(import.meta.dirname, '..', '..')
  const action = await readAction(actionFolder)
  const main = step.main === undefined ? action.main : path.resolve(actionFolder, step.main)
  await access(main)
  const folders = foldersBelow(root, step.workspace)
  await makeFolders(folders, step.event ?? {})
  const runner = { ...runnerVariables(folders, debug), ...step.runnerVariables }
  const inputs = resolveInputs(given, action, (name) =>
    name === 'token' ? FAKE_GITHUB_TOKEN : runner[`GITHUB_${name.toUpperCase()}`],
  )

  const masker = new SecretMasker()
  for (const secret of [FAKE_GITHUB_TOKEN, ...Object.values(step.secrets ?? {})]) masker.add(secret)
  const log = new JobLog(masker, debug)
  const commands = new CommandProcessor(log, masker, debug)
  warnOfInputs(given, action, log)
  writeHeader(log, step.uses ?? 'owner/databricks-secrets-sync@v1', inputs, env)

  const node = await findNode24()
  const result = await runStepProcess({
    file: node.path,
    args: [...(step.nodeOptions ?? []), main],
    env: environmentOf(folders, env, runner, inputs),
    folders,
    log,
    masker,
    commands,
    timeoutMs,
    cancel,
    kill,
  })
  return { ...result, node: node.version }
}

import { collectFiles } from './command-files.js'
import type { CommandProcessor } from './command-processor.js'
import { linesOf } from './dotnet-text.js'
import type { StepFolders } from './environment.js'
import type { JobLog } from './job-log.js'
import { runProcess } from './process.js'
import { renderLog } from './rendering.js'
import type { SecretMasker } from './secret-masker.js'
import type { StepResult } from './step-result.js'

/** The process of a step, and what listens to it. */
export interface StepProcess {
  file: string
  args: readonly string[]
  /** The whole environment: nothing is inherited. */
  env: Readonly<Record<string, string>>
  /** It runs in the workspace, and its files are read at the end. */
  folders: StepFolders
  /** Has the header of the step already. */
  log: JobLog
  masker: SecretMasker
  commands: CommandProcessor
  /** Milliseconds after which it is killed. */
  timeoutMs: number
  cancel?: AbortSignal | undefined
  kill?: AbortSignal | undefined
}

/** Runs the process of a step to its end, obeys what it says, and reads the files that it leaves. */
export async function runStepProcess(step: StepProcess): Promise<Omit<StepResult, 'node'>> {
  const { folders, log, masker, commands, timeoutMs, cancel, kill } = step
  const end = await runProcess(step.file, step.args, {
    cwd: folders.workspace,
    env: step.env,
    timeoutMs,
    cancel,
    kill,
  })
  // stderr first: the runner handles it ahead of what stdout said before.
  for (const line of [...linesOf(end.stderr), ...linesOf(end.stdout)]) commands.take(line)
  if (end.timedOut) log.issue('error', `The action has timed out after ${timeoutMs} milliseconds.`)
  if (cancel?.aborted) log.issue('error', 'The operation was canceled.')
  log.debug(`Node Action run completed with exit code ${String(end.exitCode)}`)
  const files = await collectFiles(folders.files, commands, log, masker)

  const entries = renderLog(log.written)
  const failed = end.exitCode !== 0 || commands.failed
  return {
    ...end,
    ...files,
    outcome: cancel?.aborted ? 'cancelled' : failed ? 'failure' : 'success',
    log: entries.map(({ text }) => text).join('\n'),
    logLines: entries.map(({ text }) => text),
    entries,
    masks: commands.masks,
    masker,
    annotations: log.annotations,
    outputs: { ...commands.outputs, ...files.outputs },
    state: { ...commands.state, ...files.state },
  }
}

import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { CommandProcessor } from '../command-processor.js'
import { environmentOf, makeFolders, type StepFolders } from '../environment.js'
import { JobLog } from '../job-log.js'
import { SecretMasker } from '../secret-masker.js'
import { runStepProcess } from '../step-process.js'
import type { StepResult } from '../step-result.js'

/** A step with `run:`, its expressions evaluated. */
export interface ShellStep {
  readonly script: string
  /** `bash`, or undefined for the runner's own choice. */
  readonly shell: string | undefined
  /** That of the step, and all that lies under it. */
  readonly env: Readonly<Record<string, string>>
  /** What the runner masks by now. */
  readonly masks: readonly string[]
  readonly folders: StepFolders
  /** What the runner sets by itself. */
  readonly runner: Readonly<Record<string, string>>
  readonly event: unknown
  /** Folders in front of `PATH`. */
  readonly path: readonly string[]
}

/**
 * How the runner starts a shell (`ScriptHandlerHelpers` of actions/runner): one that it has chosen itself does not end at
 * the failure of a pipe's first program.
 */
const SHELLS: Readonly<Record<string, readonly string[]>> = {
  default: ['-e'],
  bash: ['--noprofile', '--norc', '-e', '-o', 'pipefail'],
}

/** Whether the player can run scripts of a shell; undefined is the runner's own choice. */
export function isKnownShell(shell: string | undefined): boolean {
  return Object.hasOwn(SHELLS, shell ?? 'default')
}

const TIMEOUT_MS = 20_000

/**
 * Runs a script as the runner of Linux and macOS does.
 * @throws Error on another shell than bash
 */
export async function runShell(step: ShellStep): Promise<Omit<StepResult, 'node'>> {
  const options = SHELLS[step.shell ?? 'default']
  if (options === undefined) throw new Error(`The player does not know the shell ${step.shell ?? ''}.`)
  await makeFolders(step.folders, step.event)
  const file = path.join(step.folders.temp, 'script.sh')
  await writeFile(file, step.script)

  const masker = new SecretMasker()
  for (const mask of step.masks) masker.add(mask)
  const log = new JobLog(masker, false)
  const lines = step.script.trimEnd().split('\n')
  log.output(`##[group]Run ${lines[0] ?? ''}`)
  for (const line of lines) log.output(line)
  log.output(`shell: /usr/bin/bash ${options.join(' ')} {0}`)
  if (Object.keys(step.env).length > 0) log.output('env:')
  for (const [name, value] of Object.entries(step.env)) log.output(`  ${name}: ${value}`)
  log.output('##[endgroup]')

  const environment = environmentOf(step.folders, step.env, step.runner, {})
  return await runStepProcess({
    file: 'bash',
    args: [...options, file],
    env: { ...environment, PATH: [...step.path, environment['PATH']].join(path.delimiter) },
    folders: step.folders,
    log,
    masker,
    commands: new CommandProcessor(log, masker, false),
    timeoutMs: TIMEOUT_MS,
  })
}

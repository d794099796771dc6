import { runnerVariables, type StepFolders } from '../environment.js'
import type { Texts } from './workflow-file.js'

/** The context `runner`: what the variables `RUNNER_*` say. */
export function runnerOf(folders: StepFolders): Texts {
  return Object.fromEntries(
    Object.entries(runnerVariables(folders, false))
      .filter(([name]) => name.startsWith('RUNNER_'))
      .map(([name, value]) => [name.slice('RUNNER_'.length).toLowerCase(), value]),
  )
}

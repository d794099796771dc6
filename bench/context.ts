import path from 'node:path'
import { madeUpSecrets } from './contenders.js'
import type { Setting } from './measure.js'
import type { Rivals } from './rivals.js'
import { WorkspaceProcess, type WorkspaceSettings } from './workspace-process.js'

/** What every part of the benchmark gets. */
export interface Context {
  /** The binary of the action's Node. */
  readonly node: string
  /** A folder for files of the runs. */
  readonly folder: string
  readonly rivals: Rivals
  /** Whether a few runs are enough: for work on the benchmark itself. */
  readonly quick: boolean
  /** Prints the progress. */
  readonly tell: (line: string) => void
}

/** Starts a workspace, and ends it when the work is done. */
export async function withWorkspace<T>(
  { node, folder }: Context,
  settings: WorkspaceSettings,
  work: (settingFor: (secrets: number) => Setting) => Promise<T>,
): Promise<T> {
  const workspace = await WorkspaceProcess.start(settings)
  try {
    return await work((secrets) => ({
      workspace,
      node,
      folder: path.join(folder, 'run'),
      secrets: madeUpSecrets(secrets),
    }))
  } finally {
    workspace.close()
  }
}

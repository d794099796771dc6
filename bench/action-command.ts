import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { readAction } from '../__tests__/runner/action-metadata.js'
import {
  environmentOf,
  FAKE_GITHUB_TOKEN,
  foldersBelow,
  runnerVariables,
} from '../__tests__/runner/environment.js'
import { resolveInputs } from '../__tests__/runner/inputs.js'
import type { Command, Job } from './job.js'

const root = path.resolve(import.meta.dirname, '..')

/** The folder of the checkout, for a job with this folder. */
export function workspaceFolder(folder: string): string {
  return foldersBelow(folder).workspace
}

/**
 * The action, from dist, with the folders, files and variables that the runner gives it.
 *
 * @param inputs beside those that every run has; what is not given has its default
 */
export async function actionCommand(
  { folder, node, url, secrets }: Job,
  token: string,
  inputs: Readonly<Record<string, string>>,
): Promise<Command> {
  const action = await readAction(root)
  const folders = foldersBelow(folder)
  const { home, temp, tools, workspace, files } = folders
  for (const each of [home, temp, tools, workspace, path.dirname(files.output)])
    await mkdir(each, { recursive: true })
  for (const file of Object.values(files)) await writeFile(file, '')
  await writeFile(files.event, '{}')
  const given = { host: url, token, scope: 'storage', secrets: JSON.stringify(secrets), ...inputs }
  const resolved = resolveInputs(given, action, (name) => (name === 'token' ? FAKE_GITHUB_TOKEN : undefined))
  return {
    program: node,
    args: [action.main],
    env: environmentOf(folders, {}, runnerVariables(folders, false), resolved),
  }
}

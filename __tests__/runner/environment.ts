import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { inputVariable } from './inputs.js'

/** What `github.token` is in a step of the harness, and, as on GitHub, a secret of it. */
export const FAKE_GITHUB_TOKEN = 'ghs_fakeTokenOfTheRunnerHarnessForTheJob'

/** The folders and files of one step, absolute. All but the workspace lie in one temporary folder. */
export interface StepFolders {
  home: string
  temp: string
  tools: string
  workspace: string
  /** By the last part of their variable's name: `GITHUB_OUTPUT` and so on. */
  files: Record<'env' | 'event' | 'output' | 'path' | 'state' | 'summary', string>
}

const OS: Partial<Record<NodeJS.Platform, string>> = { linux: 'Linux', darwin: 'macOS', win32: 'Windows' }

/** Without these, Windows cannot start a process that uses the network. */
const WINDOWS = ['SystemRoot', 'SystemDrive', 'ComSpec', 'PATHEXT', 'windir', 'NUMBER_OF_PROCESSORS']

/** The folders and files of a step below `root`. Makes none of them. */
export function foldersBelow(root: string, workspace = path.join(root, 'workspace')): StepFolders {
  const file = (name: string): string => path.join(root, 'temp', '_runner_file_commands', name)
  return {
    home: path.join(root, 'home'),
    temp: path.join(root, 'temp'),
    tools: path.join(root, 'tools'),
    workspace,
    files: {
      env: file('env'),
      event: path.join(root, 'event.json'),
      output: file('output'),
      path: file('path'),
      state: file('state'),
      summary: file('summary'),
    },
  }
}

/** Makes the folders that are missing, and the files anew: empty, but for that of the event. */
export async function makeFolders(
  { home, temp, tools, workspace, files }: StepFolders,
  event: unknown,
): Promise<void> {
  for (const folder of [home, temp, tools, workspace, path.dirname(files.output)]) {
    await mkdir(folder, { recursive: true })
  }
  for (const file of Object.values(files)) await writeFile(file, '')
  await writeFile(files.event, JSON.stringify(event))
}

/**
 * The variables that the runner sets by itself, for a push to `owner/repo`. GitHub's API is where nobody listens, so
 * that no test can reach the real one by mistake.
 */
export function runnerVariables(
  { temp, tools, workspace, files }: StepFolders,
  debug: boolean,
): Record<string, string> {
  return {
    GITHUB_ACTIONS: 'true',
    GITHUB_ACTION: '__owner_databricks-secrets-sync',
    GITHUB_ACTION_REF: 'v1',
    GITHUB_ACTION_REPOSITORY: 'owner/databricks-secrets-sync',
    GITHUB_ACTOR: 'octocat',
    GITHUB_API_URL: 'http://127.0.0.1:9',
    GITHUB_ENV: files.env,
    GITHUB_EVENT_NAME: 'push',
    GITHUB_EVENT_PATH: files.event,
    GITHUB_GRAPHQL_URL: 'http://127.0.0.1:9/graphql',
    GITHUB_JOB: 'sync',
    GITHUB_OUTPUT: files.output,
    GITHUB_PATH: files.path,
    GITHUB_REF: 'refs/heads/main',
    GITHUB_REF_NAME: 'main',
    GITHUB_REF_TYPE: 'branch',
    GITHUB_REPOSITORY: 'owner/repo',
    GITHUB_REPOSITORY_OWNER: 'owner',
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_RUN_ID: '1234567890',
    GITHUB_RUN_NUMBER: '1',
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_SHA: '0123456789abcdef0123456789abcdef01234567',
    GITHUB_STATE: files.state,
    GITHUB_STEP_SUMMARY: files.summary,
    GITHUB_WORKFLOW: 'sync',
    GITHUB_WORKSPACE: workspace,
    RUNNER_ARCH: process.arch.toUpperCase(),
    RUNNER_ENVIRONMENT: 'github-hosted',
    RUNNER_NAME: 'harness',
    RUNNER_OS: OS[process.platform] ?? process.platform,
    RUNNER_TEMP: temp,
    RUNNER_TOOL_CACHE: tools,
    ...(debug && { RUNNER_DEBUG: '1' }),
  }
}

/**
 * The whole environment of the action. Of the caller's own, only what a process cannot do without comes in.
 * @throws Error when the step's `env` names a variable that the runner would overwrite without a word
 */
export function environmentOf(
  folders: StepFolders,
  env: Readonly<Record<string, string>>,
  runner: Readonly<Record<string, string>>,
  inputs: Readonly<Record<string, string>>,
): Record<string, string> {
  const overwritten = Object.keys(env).filter((name) => name in runner)
  if (overwritten.length > 0) {
    throw new Error(
      `${overwritten.join(', ')} in env: the runner overwrites it. Give it as one of runnerVariables.`,
    )
  }
  const inherited = process.platform === 'win32' ? ['PATH', ...WINDOWS] : ['PATH']
  return {
    ...Object.fromEntries(inherited.map((name) => [name, process.env[name] ?? ''])),
    HOME: folders.home,
    ...(process.platform === 'win32' && { USERPROFILE: folders.home, TEMP: folders.temp, TMP: folders.temp }),
    LANG: 'C.UTF-8',
    CI: 'true',
    ...env,
    ...runner,
    ...Object.fromEntries(Object.entries(inputs).map(([name, value]) => [inputVariable(name), value])),
  }
}

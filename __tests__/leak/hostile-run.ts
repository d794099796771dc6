import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from '@jest/globals'

import { EmulatedGitHubApi } from '../../emulator/github-api.js'
import { EmulatedWorkspace } from '../../emulator/workspace.js'
import { syncTo } from '../e2e/sync-step.js'
import { FAKE_GITHUB_TOKEN } from '../runner/environment.js'
import type { Step, StepResult } from '../runner/step.js'
import { asRead, findLeaks, findUnmasked } from './leak-search.js'
import { spellingsOf, type Spelling } from './spellings.js'

/** What the normal test command takes: the same values each time, and few runs; see random.ts. */
export const SEED = Number(process.env['LEAK_SEED'] ?? 20261124)

/** A run for each path, or more of them. */
export const RUNS = Number(process.env['LEAK_RUNS'] ?? 1)

/** The inputs that make a run a dry one which comments. */
export const COMMENTED = { 'dry-run': 'true', 'pr-comment': 'true' } as const

/** A run, and the servers and principals in it. */
export interface HostileRun {
  readonly inputs: Readonly<Record<string, string>>
  readonly step?: Step
  /** What is in the workspace folder, by name. */
  readonly files?: Readonly<Record<string, string | Buffer>>
  /** The principals that may call. Default: those of the workspace. */
  readonly identity?: { readonly token: string; readonly name: string }
  /** What GitHub knows the run by; default: the token of the job. */
  readonly githubToken?: string
  /** Makes the workspace hostile. */
  readonly workspace?: (workspace: EmulatedWorkspace) => void
  /** Makes GitHub hostile. */
  readonly github?: (github: EmulatedGitHubApi) => void
}

/** What a run has left. */
export interface Left {
  readonly step: StepResult
  /** What it wanted GitHub to have as comments, whatever became of them. */
  readonly comments: string
}

/** Runs the action for a pull request, into the scope `storage` unless the inputs say another. */
export async function runHostile(run: HostileRun): Promise<Left> {
  const { inputs, step = {}, files = {}, identity, githubToken = FAKE_GITHUB_TOKEN } = run
  const folder = await mkdtemp(path.join(tmpdir(), 'leak-'))
  for (const [name, content] of Object.entries(files)) await writeFile(path.join(folder, name), content)
  const workspace = await EmulatedWorkspace.start(identity && { identities: [identity] })
  const github = await EmulatedGitHubApi.start({
    accounts: { [githubToken]: { login: 'github-actions[bot]', access: 'write' } },
  })
  try {
    workspace.store.createScope('storage')
    run.workspace?.(workspace)
    run.github?.(github)
    const repo = { repo: { full_name: 'owner/repo' } }
    const result = await syncTo(
      workspace,
      { ...(identity && { token: identity.token }), ...inputs },
      {
        event: { pull_request: { number: 7, head: repo, base: repo } },
        workspace: folder,
        ...step,
        runnerVariables: {
          GITHUB_EVENT_NAME: 'pull_request',
          ...github.variables,
          ...step.runnerVariables,
        },
      },
    )
    const sent = github.requests.all.map(({ body }) => (body as { variables?: { body?: string } }).variables)
    const stored = github.comments().map(({ body }) => body)
    const comments = [...sent.map((variables) => variables?.body ?? ''), ...stored].join('\n')
    return { step: result, comments }
  } finally {
    await Promise.all([workspace.close(), github.close(), rm(folder, { recursive: true })])
  }
}

/** Values of which nothing may show. */
export interface Hidden {
  /** Those that the run knows: they are masked for later steps, too. */
  readonly known: readonly (string | Buffer)[]
  /** Values that the run does not know, such as those in the scope. */
  readonly unknown?: readonly (string | Buffer)[]
  /** More ways to write them. */
  readonly more?: readonly Spelling[]
  /** True where the run cannot know them all, since what holds them cannot be read. */
  readonly unmasked?: boolean
}

/** Expects that a run has shown no value, and masked those it knows. */
export function expectHidden(
  { step, comments }: Left,
  { known, unknown = [], more = [], unmasked }: Hidden,
): void {
  const spell = (values: readonly (string | Buffer)[]): Spelling[] =>
    values.flatMap((value) => spellingsOf(Buffer.from(value)))
  const spellings = spell(known)
  const elsewhere = { 'the comments': comments, 'the comments, as they are read': asRead(comments) }
  const leaks = findLeaks(step, [...spellings, ...spell(unknown), ...more], elsewhere)
  const finds = [...leaks, ...(unmasked === true ? [] : findUnmasked(step, spellings))]
  // The first few are enough; each has forty forms.
  expect(finds.slice(0, 5)).toEqual([])
}

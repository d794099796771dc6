import { expect } from '@jest/globals'

import { EmulatedGitHubApi, type GitHubApiOptions } from '../../emulator/github-api.js'
import { EmulatedWorkspace } from '../../emulator/workspace.js'
import { FAKE_GITHUB_TOKEN } from '../runner/environment.js'
import type { Step, StepResult } from '../runner/step.js'
import { syncTo } from './sync-step.js'

/** The author of comments with the token of the job. */
export const BOT = 'github-actions[bot]'
const accounts = {
  [FAKE_GITHUB_TOKEN]: { login: BOT, access: 'write' },
  'fake-token-of-a-person': { login: 'octocat', access: 'write' },
  'fake-token-that-reads': { login: 'reader', access: 'read' },
  'fake-token-of-a-stranger': { login: 'stranger', access: 'none' },
} as const

/** The event as GitHub describes it, for a branch of this repository. */
export function pullRequest(from: string | null = 'owner/repo', number = 7): object {
  const repo = (name: string | null): object => ({ repo: name === null ? null : { full_name: name } })
  return { number, pull_request: { number, head: repo(from), base: repo('owner/repo') } }
}

/** A workspace with the scope `storage`, and a GitHub that has pull request 7. */
export class PullRequestWorld {
  readonly workspace: EmulatedWorkspace
  readonly github: EmulatedGitHubApi

  private constructor(workspace: EmulatedWorkspace, github: EmulatedGitHubApi) {
    this.workspace = workspace
    this.github = github
  }

  /** Starts both. */
  static async start(options: Partial<GitHubApiOptions> = {}): Promise<PullRequestWorld> {
    const workspace = await EmulatedWorkspace.start()
    workspace.store.createScope('storage')
    return new PullRequestWorld(workspace, await EmulatedGitHubApi.start({ accounts, ...options }))
  }

  /** Runs a dry run with pr-comment, for a pull request of this repository. */
  async comment(inputs: Record<string, string> = {}, step: Step = {}): Promise<StepResult> {
    return await syncTo(
      this.workspace,
      { 'dry-run': 'true', 'pr-comment': 'true', ...inputs },
      {
        event: pullRequest(),
        ...step,
        runnerVariables: {
          GITHUB_EVENT_NAME: 'pull_request',
          ...this.github.variables,
          ...step.runnerVariables,
        },
      },
    )
  }

  /** The body of the only comment of the bot. */
  said(): string {
    const own = this.github.comments().filter(({ author }) => author === BOT)
    expect(own).toHaveLength(1)
    return own[0]?.body ?? ''
  }

  /** The number of mutations that GitHub received. */
  writes(): number {
    return this.github.requests.all.filter(({ rawBody }) => rawBody.includes('mutation')).length
  }

  /** Stops both. */
  async close(): Promise<void> {
    await Promise.all([this.workspace.close(), this.github.close()])
  }
}

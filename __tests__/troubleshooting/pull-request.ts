import { EmulatedGitHubApi, type GitHubAccount } from '../../emulator/github-api.js'
import type { ScopeContent } from '../../emulator/store.js'
import { ahead, NEVER_SETTLED } from '../e2e/sync-step.js'
import { FAKE_GITHUB_TOKEN } from '../runner/environment.js'
import { against, faulty, type Scenario, type Scenarios } from './scenario.js'

/** A dry run for a pull request, with a token of the job that may only read. */
function forPullRequest(
  from: string,
  inputs: Record<string, string> = {},
  access: GitHubAccount['access'] = 'read',
  content: ScopeContent = {},
): Scenario {
  return async () => {
    const accounts = { [FAKE_GITHUB_TOKEN]: { login: 'github-actions[bot]', access } }
    const github = await EmulatedGitHubApi.start({ accounts })
    const repo = (name: string): object => ({ repo: { full_name: name } })
    const pull = { number: 7, head: repo(from), base: repo('owner/repo') }
    try {
      return await against(
        {},
        ({ store }) => {
          store.createScope('storage', content)
        },
        { 'dry-run': 'true', 'pr-comment': 'true', ...inputs },
        {
          event: { number: 7, pull_request: pull },
          runnerVariables: { GITHUB_EVENT_NAME: 'pull_request', ...github.variables },
        },
      )
    } finally {
      await github.close()
    }
  }
}

/** What a run says that is for a pull request. */
export const OF_PULL_REQUESTS: Scenarios = {
  'Nothing was compared with the workspace, and no request was made.': forPullRequest('somebody/repo', {
    token: '',
    secrets: 'blob=',
  }),
  'This run is for a pull request, and dry-run is false: it writes, and pr-comment adds no comment.':
    forPullRequest('owner/repo', { 'dry-run': 'false' }),
  'This run is for a pull request, and dry-run is false. Set dry-run to true for pull requests':
    forPullRequest('owner/repo', { 'dry-run': 'false' }, 'read', { acls: { 'ada@example.com': 'READ' } }),
  'The plan is not in a comment': forPullRequest('somebody/repo'),
  'The comment on pull request #… could not be written. GitHub refused it (FORBIDDEN, …)':
    forPullRequest('owner/repo'),
  'Check that the token in github-token can read this repository.': forPullRequest('owner/repo', {}, 'none'),
  'Check github-token: it may have expired or been revoked.': forPullRequest('owner/repo', {
    'github-token': 'fake-old-token',
  }),
}

/** Unexpected errors. */
export const OF_BUGS: Scenarios = {
  'The action ended before it was done.': faulty({}, NEVER_SETTLED),
  'The job summary could not be written.': faulty(
    {},
    { runnerVariables: { GITHUB_STEP_SUMMARY: '/no/such/summary' } },
  ),
  'The outputs could not be written, so later steps do not know what this one did.': faulty(
    {},
    { runnerVariables: { GITHUB_OUTPUT: '/no/such/outputs' } },
  ),
  'An unexpected error (…) stopped the action.': faulty(
    {},
    ahead('URLSearchParams.prototype.toString = () => { throw new RangeError("fake") }'),
  ),
}

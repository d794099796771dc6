import { EmulatedGitHubApi } from '../../emulator/github-api.js'
import { ahead } from '../e2e/sync-step.js'
import { FAKE_GITHUB_TOKEN } from '../runner/environment.js'
import { against, faulty, type Scenario, type Scenarios } from './scenario.js'

/** A dry run for a pull request, with a token of the job that may only read. */
function forPullRequest(from: string, inputs: Record<string, string> = {}): Scenario {
  return async () => {
    const accounts = { [FAKE_GITHUB_TOKEN]: { login: 'github-actions[bot]', access: 'read' } } as const
    const github = await EmulatedGitHubApi.start({ accounts })
    const repo = (name: string): object => ({ repo: { full_name: name } })
    const pull = { number: 7, head: repo(from), base: repo('owner/repo') }
    try {
      return await against(
        {},
        ({ store }) => {
          store.createScope('storage')
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
  'The plan is not in a comment': forPullRequest('somebody/repo'),
  'The comment on pull request #… could not be written. GitHub refused it (FORBIDDEN, …)':
    forPullRequest('owner/repo'),
}

/** What nobody expects. */
export const OF_BUGS: Scenarios = {
  'An error that should not happen (…) stopped the action.': faulty(
    {},
    ahead('URLSearchParams.prototype.toString = () => { throw new RangeError("fake") }'),
  ),
}

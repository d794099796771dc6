import type { World } from './play-workflow.js'

/** The event of an opened pull request, from a branch of this repository or of a fork. */
export function pullRequestEvent(from = 'owner/repo'): World['event'] {
  return {
    name: 'pull_request',
    ref: 'refs/pull/7/merge',
    payload: {
      action: 'opened',
      number: 7,
      pull_request: {
        number: 7,
        head: { repo: { full_name: from } },
        base: { ref: 'main', repo: { full_name: 'owner/repo' } },
      },
    },
  }
}

import { describe, expect, test } from '@jest/globals'

import type { InputError } from '../../src/secrets/input-error.js'
import { pullRequestWithoutSecrets } from '../../src/inputs/secrets-unavailable.js'

const own = { owner: 'owner', repo: 'repo', number: 7, fromFork: false, fromDependabot: false }
const fork = { ...own, fromFork: true }
const dependabot = { ...own, fromDependabot: true }
const invisible: InputError = { input: 'token', message: 'not set', cause: 'not-visible' }
const wrong: InputError = { input: 'concurrency', message: 'must be a number' }

describe('secrets are withheld', () => {
  // A contributor gets a red step for what nobody can change.
  test.each([
    ['a fork', fork],
    ['Dependabot', dependabot],
  ])('from a dry run for %s that lacks nothing else', (_, pullRequest) => {
    const errors = [invisible, { ...invisible, input: 'secrets', line: 2 }]
    expect(pullRequestWithoutSecrets({ dryRun: true, pullRequest, errors })).toBe(pullRequest)
  })

  // A step that is green without having done anything, where somebody has made a mistake.
  test.each([
    ['that is no dry run', { dryRun: false, pullRequest: fork, errors: [invisible] }],
    ['of the repository itself', { dryRun: true, pullRequest: own, errors: [invisible] }],
    ['without a pull request', { dryRun: true, pullRequest: { none: 'push' }, errors: [invisible] }],
    ['with another fault', { dryRun: true, pullRequest: fork, errors: [invisible, wrong] }],
    ['with that other fault alone', { dryRun: true, pullRequest: dependabot, errors: [wrong] }],
    ['without a fault', { dryRun: true, pullRequest: fork, errors: [] }],
  ])('from no run %s', (_, run) => {
    expect(pullRequestWithoutSecrets(run)).toBeUndefined()
  })
})

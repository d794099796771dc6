import { describe, expect, test } from '@jest/globals'

import type { InputError } from '../../src/secrets/input-error.js'
import { pullRequestWithoutSecrets } from '../../src/inputs/secrets-unavailable.js'

const own = {
  owner: 'owner',
  repo: 'repo',
  number: 7,
  commit: undefined,
  fromFork: false,
  fromDependabot: false,
}
const fork = { ...own, fromFork: true }
const dependabot = { ...own, fromDependabot: true }
const invisible: InputError = { input: 'token', message: 'not set', cause: 'not-visible' }
const wrong: InputError = { input: 'concurrency', message: 'must be a number' }

describe('secrets are unavailable', () => {
  // Otherwise the step of a contributor fails, and nobody can fix it.
  test.each([
    ['a fork', fork],
    ['Dependabot', dependabot],
  ])('to a dry run for %s without other errors', (_, pullRequest) => {
    const errors = [invisible, { ...invisible, input: 'secrets', line: 2 }]
    expect(pullRequestWithoutSecrets({ dryRun: true, pullRequest, errors })).toBe(pullRequest)
  })

  // Otherwise a step with a mistake succeeds, and does nothing.
  test.each([
    ['that is not a dry run', { dryRun: false, pullRequest: fork, errors: [invisible] }],
    ['of the same repository', { dryRun: true, pullRequest: own, errors: [invisible] }],
    ['without a pull request', { dryRun: true, pullRequest: { none: 'push' }, errors: [invisible] }],
    ['with another error', { dryRun: true, pullRequest: fork, errors: [invisible, wrong] }],
    ['with only that other error', { dryRun: true, pullRequest: dependabot, errors: [wrong] }],
    ['without errors', { dryRun: true, pullRequest: fork, errors: [] }],
  ])('to no run %s', (_, run) => {
    expect(pullRequestWithoutSecrets(run)).toBeUndefined()
  })
})

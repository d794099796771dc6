import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

import type { Step } from '../runner/step.js'
import { PullRequestWorld, pullRequest } from './pull-request-world.js'

let world: PullRequestWorld

beforeEach(async () => {
  world = await PullRequestWorld.start()
})

afterEach(async () => {
  await world.close()
})

describe('without secrets from GitHub,', () => {
  const nothing = { token: '', secrets: '{"github_token": "fake-github-token"}' }
  const fork: Step = { event: pullRequest('somebody/repo') }
  const dependabot: Step = { runnerVariables: { GITHUB_ACTOR: 'dependabot[bot]' } }

  // Otherwise, every pull request from a fork would have a failed check that nobody can fix.
  test.each<[string, Step, string]>([
    ['a fork', fork, 'The pull request is from a fork'],
    ['Dependabot', dependabot, 'Dependabot started this run'],
  ])('a dry run of %s succeeds and says so', async (_, step, message) => {
    const { exitCode, annotations, summary, outputs } = await world.comment(nothing, step)
    expect(annotations).toEqual([
      expect.objectContaining({ level: 'notice', message: expect.stringContaining(message) }),
    ])
    expect(exitCode).toBe(0)
    expect(summary).toContain(message)
    expect(outputs).toMatchObject({ changed: 'false', created: '[]', 'scope-created': 'false' })
    expect([...world.workspace.requests.all, ...world.github.requests.all]).toEqual([])
  })

  // Here the workflow has a mistake, so the check must fail.
  test.each<[string, Record<string, string>, Step]>([
    ['a fork with another fault', { ...nothing, 'create-scope': 'maybe' }, fork],
    ['a branch of the repository', nothing, {}],
    ['a push', nothing, { ...fork, runnerVariables: { GITHUB_EVENT_NAME: 'push' } }],
  ])('%s still fails', async (_, inputs, step) => {
    const { exitCode, annotations } = await world.comment(inputs, step)
    expect(exitCode).toBe(1)
    expect(annotations.some(({ level }) => level === 'error')).toBe(true)
    // On a branch of the repository, GitHub gets a comment that says so.
    expect([
      ...world.workspace.requests.all,
      ...(step.event === undefined ? [] : world.github.requests.all),
    ]).toEqual([])
  })

  test('but with the credential, there is a plan and no comment', async () => {
    const step = await world.comment({ 'github-token': 'fake-token-that-reads' }, fork)
    expect(step.exitCode).toBe(0)
    expect(step.annotations.map(({ level }) => level)).toEqual(['notice'])
    expect(step.log).toContain('The plan is not in a comment')
    expect(step.summary).toContain('`storage`')
  })
})

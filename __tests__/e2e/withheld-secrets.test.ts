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

describe('where GitHub keeps the secrets,', () => {
  const nothing = { token: '', secrets: '{"github_token": "fake-github-token"}' }
  const fork: Step = { event: pullRequest('somebody/repo') }
  const dependabot: Step = { runnerVariables: { GITHUB_ACTOR: 'dependabot[bot]' } }

  // Every contribution would have a red check that nobody can do anything about.
  test.each<[string, Record<string, string>, Step, string]>([
    ['a fork', nothing, fork, 'The pull request is from a fork'],
    ['Dependabot', nothing, dependabot, 'Dependabot has started this run'],
    ['a fork, with lines', { token: '', secrets: 'a=\nb:=null' }, fork, 'from a fork'],
    ['a fork, with the credential', { secrets: 'a=' }, fork, 'from a fork'],
    ['a fork, with the values', { token: '' }, fork, 'from a fork'],
    ['a fork, with variables', { ...nothing, host: '', scope: '' }, fork, 'from a fork'],
    ['a fork that is gone', nothing, { event: pullRequest(null) }, 'from a fork'],
    ['a fork, with OpenID Connect', { ...nothing, 'auth-type': 'github-oidc' }, fork, 'from a fork'],
    ['a fork, with a token of its own', { ...nothing, 'github-token': '' }, fork, 'from a fork'],
  ])('a dry run of %s is green and says so', async (_, inputs, step, message) => {
    const { exitCode, annotations, summary, outputs } = await world.comment(inputs, step)
    expect(annotations).toEqual([
      expect.objectContaining({ level: 'notice', message: expect.stringContaining(message) }),
    ])
    expect(exitCode).toBe(0)
    expect(summary).toContain(message)
    expect(outputs).toMatchObject({ changed: 'false', created: '[]', 'scope-created': 'false' })
    expect([...world.workspace.requests.all, ...world.github.requests.all]).toEqual([])
  })

  // A green check where somebody has made a mistake.
  test.each<[string, Record<string, string>, Step]>([
    ['a run that writes', { ...nothing, 'dry-run': 'false' }, fork],
    ['a branch of the repository', nothing, {}],
    ['a push', nothing, { ...fork, runnerVariables: { GITHUB_EVENT_NAME: 'push' } }],
    ['a fork with another fault', { ...nothing, 'create-scope': 'maybe' }, fork],
    ['a fork with a bad line', { token: '', secrets: 'a=\nnonsense' }, fork],
    ['a fork with a bad host', { ...nothing, host: 'http://example.com' }, fork],
    ['a fork with a bad way to sign in', { ...nothing, 'auth-type': 'nonsense' }, fork],
    ['a fork with the way of another cloud', { ...nothing, 'auth-type': 'azure-cli' }, fork],
    ['a fork with a wrong variable', { token: '', secrets: '', 'secret-envs': 'a=NO_SUCH' }, fork],
  ])('%s stays red', async (_, inputs, step) => {
    const { exitCode, annotations } = await world.comment(inputs, step)
    expect(exitCode).toBe(1)
    expect(annotations.some(({ level }) => level === 'error')).toBe(true)
    expect([...world.workspace.requests.all, ...world.github.requests.all]).toEqual([])
  })

  test('but not the credential, the plan is there without a comment', async () => {
    const step = await world.comment({ 'github-token': 'fake-token-that-reads' }, fork)
    expect(step.exitCode).toBe(0)
    expect(step.annotations.map(({ level }) => level)).toEqual(['notice'])
    expect(step.log).toContain('The plan is not in a comment')
    expect(step.summary).toContain('`storage`')
  })
})

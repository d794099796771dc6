import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'

import { readPullRequest } from '../../src/inputs/pull-request.js'

let folder: string

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'event-'))
})

afterAll(() => {
  rmSync(folder, { recursive: true })
})

/** A payload as GitHub writes it, as far as anybody reads it. */
function payload(head: unknown = { repo: { full_name: 'owner/repo', fork: true } }) {
  return { number: 7, pull_request: { number: 7, head, base: { repo: { full_name: 'owner/repo' } } } }
}

function read(event: unknown, env: NodeJS.ProcessEnv = {}) {
  const file = path.join(folder, 'event.json')
  writeFileSync(file, typeof event === 'string' ? event : JSON.stringify(event))
  return readPullRequest({
    GITHUB_EVENT_NAME: 'pull_request',
    GITHUB_EVENT_PATH: file,
    GITHUB_REPOSITORY: 'owner/repo',
    ...env,
  })
}

describe('the pull request', () => {
  const own = { owner: 'owner', repo: 'repo', number: 7, fromFork: false, fromDependabot: false }

  // A repository that is a fork itself has pull requests of its own, and all of its secrets.
  test('is of the repository itself, a fork or not', () => {
    expect(read(payload())).toEqual(own)
  })

  // A red step on every contribution, where nobody can do anything about it.
  test.each([
    ['from a fork', { repo: { full_name: 'somebody/repo' } }],
    ['from a fork that is gone', { repo: null }],
    ['from nowhere', null],
  ])('is %s', (_, head) => {
    expect(read(payload(head))).toEqual({ ...own, fromFork: true })
  })

  test('is one that Dependabot has started, whoever opened it', () => {
    expect(read(payload(), { GITHUB_ACTOR: 'dependabot[bot]' })).toEqual({ ...own, fromDependabot: true })
    const opened = { ...payload(), user: { login: 'dependabot[bot]' } }
    expect(read(opened, { GITHUB_ACTOR: 'octocat' })).toEqual(own)
  })
})

describe('no pull request', () => {
  // It runs with secrets, and what it checks out may be anybody's.
  test.each(['push', 'pull_request_target', 'workflow_dispatch'])('is the event %s', (event) => {
    expect(read(payload(), { GITHUB_EVENT_NAME: event })).toEqual({
      none: `the event is ${event}, and not pull_request`,
    })
  })

  test('is an event that nobody can have meant', () => {
    for (const event of [undefined, '', 'a\n::error::b']) {
      expect(read(payload(), { GITHUB_EVENT_NAME: event })).toEqual({
        none: 'the event is another one, and not pull_request',
      })
    }
  })

  // A crash in place of a plan, in a job that runs in a container of its own or without GitHub.
  test.each<[string, unknown, NodeJS.ProcessEnv]>([
    ['without the file', payload(), { GITHUB_EVENT_PATH: '/no/such/file' }],
    ['without its variable', payload(), { GITHUB_EVENT_PATH: undefined }],
    ['without a repository', payload(), { GITHUB_REPOSITORY: undefined }],
    ['of an odd repository', payload(), { GITHUB_REPOSITORY: 'owner/repo/more' }],
    ['in broken JSON', '{"pull_request": {', {}],
    ['in a list', [], {}],
    ['that is null', null, {}],
    ['without a number', { pull_request: { ...payload().pull_request, number: '7' } }, {}],
    ['of a number that is too large', { pull_request: { ...payload().pull_request, number: 2 ** 31 } }, {}],
    ['without a base', { pull_request: { number: 7, head: payload().pull_request.head } }, {}],
  ])('is one %s', (_, event, env) => {
    expect(read(event, env)).toEqual({
      none: 'the runner does not say which it is: check GITHUB_EVENT_PATH and GITHUB_REPOSITORY of the step',
    })
  })
})

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'

import { isForPullRequest, isPrivateRepository, readPullRequest } from '../../src/inputs/pull-request.js'

let folder: string

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'event-'))
})

afterAll(() => {
  rmSync(folder, { recursive: true })
})

function eventFile(event: unknown): string {
  const file = path.join(folder, 'event.json')
  writeFileSync(file, typeof event === 'string' ? event : JSON.stringify(event))
  return file
}

/** The fields of GitHub's payload that the action reads. */
function payload(head: unknown = { repo: { full_name: 'owner/repo', fork: true } }) {
  return { number: 7, pull_request: { number: 7, head, base: { repo: { full_name: 'owner/repo' } } } }
}

function read(event: unknown, env: NodeJS.ProcessEnv = {}) {
  return readPullRequest({
    GITHUB_EVENT_NAME: 'pull_request',
    GITHUB_EVENT_PATH: eventFile(event),
    GITHUB_REPOSITORY: 'owner/repo',
    ...env,
  })
}

describe('the pull request', () => {
  const own = { owner: 'owner', repo: 'repo', number: 7, fromFork: false, fromDependabot: false }

  // A repository that is a fork has its own pull requests too, with all of its secrets.
  test('is of the same repository, which may be a fork', () => {
    expect(read(payload())).toEqual(own)
  })

  // The comment shows it, and GitHub makes a link of it.
  test('has the last commit of its branch, if the event has a commit', () => {
    const commit = 'fedcba98'.repeat(5)
    const head = { ...payload().pull_request.base, sha: commit }
    expect(read(payload(head))).toEqual({ ...own, commit })
    expect(read(payload({ ...head, sha: `${commit}\n@everyone` }))).toEqual(own)
  })

  // Otherwise the step fails for every contribution, and nobody can fix it.
  test.each([
    ['from a fork', { repo: { full_name: 'somebody/repo' } }],
    ['from a deleted fork', { repo: null }],
    ['without a head', null],
  ])('is %s', (_, head) => {
    expect(read(payload(head))).toEqual({ ...own, fromFork: true })
  })

  test('is of Dependabot if Dependabot started the run, not if it opened the pull request', () => {
    expect(read(payload(), { GITHUB_ACTOR: 'dependabot[bot]' })).toEqual({ ...own, fromDependabot: true })
    const opened = { ...payload(), user: { login: 'dependabot[bot]' } }
    expect(read(opened, { GITHUB_ACTOR: 'octocat' })).toEqual(own)
  })
})

describe('no pull request', () => {
  // It runs with secrets, and may check out code of anybody.
  test.each(['push', 'pull_request_target', 'workflow_dispatch'])('is the event %s', (event) => {
    expect(read(payload(), { GITHUB_EVENT_NAME: event })).toEqual({
      none: `the event is ${event}, not pull_request`,
    })
  })

  test('is an event without a valid name', () => {
    for (const event of [undefined, '', 'a\n::error::b']) {
      expect(read(payload(), { GITHUB_EVENT_NAME: event })).toEqual({
        none: 'the event is another one, not pull_request',
      })
    }
  })

  // Otherwise a job in its own container, or outside of GitHub, crashes.
  test.each<[string, unknown, NodeJS.ProcessEnv]>([
    ['without the file', payload(), { GITHUB_EVENT_PATH: '/no/such/file' }],
    ['without its variable', payload(), { GITHUB_EVENT_PATH: undefined }],
    ['without a repository', payload(), { GITHUB_REPOSITORY: undefined }],
    ['with an invalid repository', payload(), { GITHUB_REPOSITORY: 'owner/repo/more' }],
    ['in broken JSON', '{"pull_request": {', {}],
    ['that is a list', [], {}],
    ['that is null', null, {}],
    ['without a number', { pull_request: { ...payload().pull_request, number: '7' } }, {}],
    ['with a number that is too large', { pull_request: { ...payload().pull_request, number: 2 ** 31 } }, {}],
    ['without a base', { pull_request: { number: 7, head: payload().pull_request.head } }, {}],
  ])('is one %s', (_, event, env) => {
    expect(read(event, env)).toEqual({
      none: 'the runner does not name it: check GITHUB_EVENT_PATH and GITHUB_REPOSITORY of the step',
    })
  })
})

// Such a run must not be advised to get more permissions, whatever code it has checked out.
test.each([
  ['pull_request', true],
  ['pull_request_target', true],
  ['push', false],
  [undefined, false],
])('a run of the event %s is for a pull request: %s', (event, isFor) => {
  expect(isForPullRequest({ GITHUB_EVENT_NAME: event })).toBe(isFor)
})

// Otherwise the log of a public repository shows the names that people gave to clusters and jobs.
test.each([
  [{}, false],
  [{ repository: { private: false, visibility: 'public' } }, false],
  [{ repository: { private: true, visibility: 'public' } }, false],
  [{ repository: { private: true } }, true],
  [{ repository: { private: true, visibility: 'internal' } }, true],
  [{ repository: { private: true, visibility: 'private' } }, true],
])('the repository of the event %j is private: %s', (event, isPrivate) => {
  expect(isPrivateRepository({ GITHUB_EVENT_PATH: eventFile(event) })).toBe(isPrivate)
})

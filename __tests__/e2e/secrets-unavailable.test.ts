import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

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
  test.each<[string, Record<string, string>, Step, string]>([
    ['a fork', nothing, fork, 'The pull request is from a fork'],
    ['Dependabot', nothing, dependabot, 'Dependabot started this run'],
    ['a fork, with lines', { token: '', secrets: 'a=\nb:=null' }, fork, 'from a fork'],
    ['a fork, with the key of a line', { secrets: '=fake\n:=null\n=' }, fork, 'from a fork'],
    ['a fork, with the key of a file', { secrets: '', 'secret-files': '=no-such-file' }, fork, 'from a fork'],
    [
      'a fork, with the key of a variable',
      { secrets: '', 'secret-envs': '=GITHUB_JOB' },
      fork,
      'from a fork',
    ],
    ['a fork, with the credential', { secrets: 'a=' }, fork, 'from a fork'],
    ['a fork, with the values', { token: '' }, fork, 'from a fork'],
    ['a fork, with variables', { ...nothing, host: '', scope: '' }, fork, 'from a fork'],
    ['a fork that is gone', nothing, { event: pullRequest(null) }, 'from a fork'],
    ['a fork, with OpenID Connect', { ...nothing, 'auth-type': 'github-oidc' }, fork, 'from a fork'],
    ['a fork, with a token of its own', { ...nothing, 'github-token': '' }, fork, 'from a fork'],
    ['a fork, with include', { token: '', secrets: '', include: 'PROD_*' }, fork, 'from a fork'],
    [
      'a fork, with the names of keys',
      { token: '', secrets: '', 'key-case': 'kebab', 'key-strip-prefix': 'PROD_', exclude: 'X' },
      fork,
      'from a fork',
    ],
    [
      'a fork, with a prefix',
      { token: '', secrets: '', 'secret-envs': 'a=A', 'key-prefix': 'app-' },
      { ...fork, env: { A: '' } },
      'from a fork',
    ],
    [
      'a fork, with a document beside others',
      { secrets: '{}', 'secret-envs': 'a=GITHUB_JOB' },
      fork,
      'a fork',
    ],
    ['a fork, with a principal', { ...nothing, permissions: '=READ\n =WRITE' }, fork, 'from a fork'],
    ['a fork, with a permission', { ...nothing, permissions: 'data-team=' }, fork, 'from a fork'],
    ['a fork, with a scheme', { ...nothing, host: 'https://' }, fork, 'from a fork'],
    [
      'a fork, with choices',
      { ...nothing, prune: '', 'if-exists': '', 'initial-manage-principal': '', 'key-case': '' },
      fork,
      'from a fork',
    ],
    ['a fork, with a missing file', { token: '', 'secret-files': 'a=no-such-file' }, fork, 'from a fork'],
    [
      'a fork, with a missing map',
      { token: '', secrets: '', 'secrets-file': 'no-such.json' },
      fork,
      'a fork',
    ],
    ['a fork, with a path', { token: '', 'secret-files': 'a=', 'secret-envs': 'b=' }, fork, 'from a fork'],
    [
      'a fork, with a report',
      { token: '', secrets: '', 'max-age-days': '9', verify: 'true' },
      fork,
      'from a fork',
    ],
    [
      'Dependabot, with a secret of its own',
      {
        token: '',
        secrets: '{"github_token": "fake-github-token", "OTHER": "fake"}',
        include: 'PROD_*',
        exclude: 'PROD_DEBUG',
        'key-strip-prefix': 'PROD_',
      },
      dependabot,
      'Dependabot started this run',
    ],
    [
      'Dependabot, with a secret of its own and every name',
      {
        token: '',
        secrets: '{"github_token": "fake-github-token", "OTHER": "fake"}',
        include: '*',
        'key-strip-prefix': 'PROD_',
      },
      dependabot,
      'Dependabot started this run',
    ],
  ])('a dry run of %s succeeds and says so', async (_, inputs, step, message) => {
    const { exitCode, annotations, summary, outputs } = await world.comment(inputs, step)
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
    ['a run that writes', { ...nothing, 'dry-run': 'false' }, fork],
    ['a branch of the repository', nothing, {}],
    ['a push', nothing, { ...fork, runnerVariables: { GITHUB_EVENT_NAME: 'push' } }],
    ['a fork with another fault', { ...nothing, 'create-scope': 'maybe' }, fork],
    ['a fork with a bad line', { token: '', secrets: 'a=\nnonsense' }, fork],
    ['a fork with the end of a base64 text', { ...nothing, secrets: 'a=\n==' }, fork],
    ['a fork with a bad host', { ...nothing, host: 'http://example.com' }, fork],
    ['a fork with a bad way to sign in', { ...nothing, 'auth-type': 'nonsense' }, fork],
    ['a fork with the way of another cloud', { ...nothing, 'auth-type': 'azure-cli' }, fork],
    ['a fork with a misspelt input', { ...nothing, purne: 'true' }, fork],
    ['a fork with include for lines', { token: '', secrets: 'a=', include: 'PROD_*' }, fork],
    ['a fork with a wrong path', { token: '', 'secret-files': 'a=/dev/null' }, fork],
    ['a fork with a wrong permission', { ...nothing, permissions: 'data-team=ALL' }, fork],
    ['a fork with a wrong choice', { ...nothing, 'if-exists': 'overwrite' }, fork],
    ['a fork with a wrong variable', { token: '', secrets: '', 'secret-envs': 'a=NO_SUCH' }, fork],
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

  // An earlier step created the file from a secret that is empty here.
  test.each([
    ['empty.pem', '', { 'secret-files': 'a=empty.pem' }],
    ['blank.pem', '\n', { 'secret-files': 'a=blank.pem' }],
    ['blank.json', '\n', { 'secrets-file': 'blank.json' }],
    ['none.json', '{}', { 'secrets-file': 'none.json' }],
    ['empty.json', '{"A": ""}', { 'secrets-file': 'empty.json' }],
    ['empty.env', 'A=\n', { 'secrets-file': 'empty.env' }],
  ])('a dry run of a fork succeeds with the file %s', async (name, text, inputs) => {
    const workspace = await mkdtemp(path.join(tmpdir(), 'fork-'))
    try {
      await writeFile(path.join(workspace, name), text)
      const { exitCode, annotations } = await world.comment(
        { token: '', secrets: '', ...inputs },
        { ...fork, workspace },
      )
      expect(annotations.map(({ level }) => level)).toEqual(['notice'])
      expect(exitCode).toBe(0)
    } finally {
      await rm(workspace, { recursive: true })
    }
  })

  test('but with the credential, there is a plan and no comment', async () => {
    const step = await world.comment({ 'github-token': 'fake-token-that-reads' }, fork)
    expect(step.exitCode).toBe(0)
    expect(step.annotations.map(({ level }) => level)).toEqual(['notice'])
    expect(step.log).toContain('The plan is not in a comment')
    expect(step.summary).toContain('`storage`')
  })
})

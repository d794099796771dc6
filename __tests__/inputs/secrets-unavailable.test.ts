import { writeFile } from 'node:fs/promises'
import path from 'node:path'

import { describe, expect, test } from '@jest/globals'

import type { InputError } from '../../src/secrets/input-error.js'
import { pullRequestWithoutSecrets } from '../../src/inputs/secrets-unavailable.js'
import { folder } from '../e2e/folder-of-test.js'
import { pullRequest as pullRequestEvent } from '../e2e/pull-request-world.js'
import type { Step } from '../runner/step.js'
import { readStep } from './read-step.js'

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

// As the runner passes them to a step: each of these inputs may come from a secret or variable that the run cannot see.
describe('secrets are unavailable by the inputs', () => {
  const nothing = { token: '', secrets: '{"github_token": "fake-github-token"}' }
  const fork: Step = { event: pullRequestEvent('somebody/repo') }
  const dependabot: Step = { runnerVariables: { GITHUB_ACTOR: 'dependabot[bot]' } }

  async function withoutSecrets(inputs: Record<string, string>, step: Step): Promise<boolean> {
    const read = await readStep({
      event: pullRequestEvent(),
      ...step,
      with: { 'dry-run': 'true', 'pr-comment': 'true', ...inputs },
      runnerVariables: { GITHUB_EVENT_NAME: 'pull_request', ...step.runnerVariables },
    })
    expect(read.inputs).toBeUndefined()
    return read.withoutSecrets
  }

  // Otherwise, every pull request from a fork would have a failed check that nobody can fix.
  test.each<[string, Record<string, string>, Step]>([
    ['a fork', nothing, fork],
    ['Dependabot', nothing, dependabot],
    ['a fork, with lines', { token: '', secrets: 'a=\nb:=null' }, fork],
    ['a fork, with the key of a line', { secrets: '=fake\n:=null\n=' }, fork],
    ['a fork, with the key of a file', { secrets: '', 'secret-files': '=no-such-file' }, fork],
    ['a fork, with the key of a variable', { secrets: '', 'secret-envs': '=GITHUB_JOB' }, fork],
    ['a fork, with the credential', { secrets: 'a=' }, fork],
    ['a fork, with the values', { token: '' }, fork],
    ['a fork, with variables', { ...nothing, host: '', scope: '' }, fork],
    ['a fork that is gone', nothing, { event: pullRequestEvent(null) }],
    ['a fork, with OpenID Connect', { ...nothing, 'auth-type': 'github-oidc' }, fork],
    ['a fork, with a token of its own', { ...nothing, 'github-token': '' }, fork],
    ['a fork, with include', { token: '', secrets: '', include: 'PROD_*' }, fork],
    [
      'a fork, with the names of keys',
      { token: '', secrets: '', 'key-case': 'kebab', 'key-strip-prefix': 'PROD_', exclude: 'X' },
      fork,
    ],
    [
      'a fork, with a prefix',
      { token: '', secrets: '', 'secret-envs': 'a=A', 'key-prefix': 'app-' },
      { ...fork, env: { A: '' } },
    ],
    ['a fork, with a document beside others', { secrets: '{}', 'secret-envs': 'a=GITHUB_JOB' }, fork],
    ['a fork, with a principal', { ...nothing, permissions: '=READ\n =WRITE' }, fork],
    ['a fork, with a permission', { ...nothing, permissions: 'data-team=' }, fork],
    ['a fork, with a scheme', { ...nothing, host: 'https://' }, fork],
    [
      'a fork, with choices',
      { ...nothing, prune: '', 'if-exists': '', 'initial-manage-principal': '', 'key-case': '' },
      fork,
    ],
    ['a fork, with a missing file', { token: '', 'secret-files': 'a=no-such-file' }, fork],
    ['a fork, with a missing map', { token: '', secrets: '', 'secrets-file': 'no-such.json' }, fork],
    ['a fork, with a path', { token: '', 'secret-files': 'a=', 'secret-envs': 'b=' }, fork],
    ['a fork, with a report', { token: '', secrets: '', 'max-age-days': '9', verify: 'true' }, fork],
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
    ],
  ])('to a dry run of %s', async (_, inputs, step) => {
    expect(await withoutSecrets(inputs, step)).toBe(true)
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
  ])('but not to %s', async (_, inputs, step) => {
    expect(await withoutSecrets(inputs, step)).toBe(false)
  })

  // An earlier step created the file from a secret that is empty here.
  test.each([
    ['empty.pem', '', { 'secret-files': 'a=empty.pem' }],
    ['blank.pem', '\n', { 'secret-files': 'a=blank.pem' }],
    ['blank.json', '\n', { 'secrets-file': 'blank.json' }],
    ['none.json', '{}', { 'secrets-file': 'none.json' }],
    ['empty.json', '{"A": ""}', { 'secrets-file': 'empty.json' }],
    ['empty.env', 'A=\n', { 'secrets-file': 'empty.env' }],
  ])('to a dry run of a fork, with the file %s', async (name, text, inputs) => {
    await writeFile(path.join(folder, name), text)
    const step = { ...fork, workspace: folder }
    expect(await withoutSecrets({ token: '', secrets: '', ...inputs }, step)).toBe(true)
  })
})

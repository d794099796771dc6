import { describe, expect, test } from '@jest/globals'

import { KNOWN_INPUTS } from '../../src/inputs/known-inputs.js'
import { findMisspeltInputs } from '../../src/inputs/misspelt-inputs.js'

/** What the runner passes on for a step: the defaults, these inputs, and variables of the job. */
function find(inputs: Record<string, string>): string[] {
  const all = { ...KNOWN_INPUTS, ...inputs }
  const env = Object.fromEntries(
    Object.entries(all).map(([name, text]) => [`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`, text]),
  )
  return findMisspeltInputs({ PATH: '/bin', GITHUB_DRYRUN: 'true', ...env }).map(
    ({ input, message }) => `${input}: ${/Did you mean (.*?)\?/.exec(message)?.[1] ?? ''}`,
  )
}

describe('a misspelt input is found', () => {
  // A run that was to write nothing writes and deletes.
  test.each([
    ['without its hyphen', 'dryrun', 'dry-run'],
    ['with an underscore', 'dry_run', 'dry-run'],
    ['with a blank', 'dry run', 'dry-run'],
    ['in another case', 'dryRun', 'dry-run'],
    ['with a letter too many', 'dry-runs', 'dry-run'],
    ['with a letter too few', 'dr-run', 'dry-run'],
    ['with another letter', 'dry-rum', 'dry-run'],
    ['with two letters swapped', 'dry-rnu', 'dry-run'],
    ['of five letters', 'prune_s', 'prune'],
    ['of eight letters, with two mistakes', 'initial-mange-pricipal', 'initial-manage-principal'],
    ['that protects keys', 'prune-exlcude', 'prune-exclude'],
    ['that holds the token of GitHub', 'github_token', 'github-token'],
    ['that could be one of two', 'secret-file', 'secret-files or secrets-file'],
    ['that is nearer to one of two', 'secret_files', 'secret-files'],
  ])('%s', (_, name, known) => {
    expect(find({ [name]: 'x' })).toEqual([`${name.toLowerCase().replace(' ', '_')}: ${known}`])
  })

  test('also where its text is empty', () => {
    expect(find({ dryrun: '' })).toEqual(['dryrun: dry-run'])
  })

  test('and so is each of several', () => {
    expect(find({ dryrun: 'true', sope: 'storage', 'prune-limt': '5' })).toEqual([
      'dryrun: dry-run',
      'sope: scope',
      'prune-limt: prune-limit',
    ])
    expect(find({ dryrun: 'true', drrun: 'true' })).toEqual(['dryrun: dry-run', 'drrun: dry-run'])
  })

  test('where the runner has passed on no default', () => {
    expect(findMisspeltInputs({ INPUT_DRYRUN: 'true' })).toHaveLength(1)
  })
})

describe('an input that is not ours is ignored', () => {
  // Other actions and jobs have such variables; a step that fails for them cannot be mended here.
  test.each([
    ...['PORT', 'COST', 'HOSTS', 'POST', 'GHOST', 'MODE', 'NAME', 'PATH', 'FILES', 'ARGS', 'VERSION'],
    ...['USERNAME', 'PASSWORD', 'REGISTRY', 'TAGS', 'PUSH', 'CONTEXT', 'WORKING-DIRECTORY', 'REPO-TOKEN'],
    ...['NODE-VERSION', 'FAIL_ON_ERROR', 'LOG_LEVEL', 'KEY', 'CASE', 'LIMIT', 'PREFIX', 'PROMPT', 'DRY'],
    // Two edits from from a name of fewer than eight letters.
    ...['PRUNNESS', 'INCLINE', 'VERIFIED', 'SUMMIT'],
  ])('INPUT_%s', (name) => {
    expect(find({ [name]: 'x' })).toEqual([])
  })

  // Who has given the known input knows how it is spelled.
  test.each([
    ['SCORE', 'scope', 'storage'],
    ['TOKENS', 'token', 'fake'],
    ['DRY_RUN', 'dry-run', 'true'],
    ['CREATE_SCOPE', 'create-scope', 'false'],
    ['GITHUB_TOKEN', 'github-token', 'ghp_fake'],
  ])('INPUT_%s, where %s is given', (name, known, text) => {
    expect(find({ [known]: text, [name]: 'x' })).toEqual([])
    expect(find({ [name]: 'x' })).toEqual([`${name.toLowerCase()}: ${known}`])
  })

  test('where the nearest name is given, and another one is not', () => {
    expect(find({ 'secret-files': 'a=b', SECRETFILES: 'x' })).toEqual([])
  })

  // The runner fills these in, so they look like inputs that the workflow has given.
  test('but not for a default of its own', () => {
    expect(find({ 'key-case': 'keep', 'key-cases': 'kebab' })).toEqual(['key-cases: key-case'])
    expect(find({ 'github-token': 'ghs_fakeTokenOfTheJob', github_token: 'ghp_fake' })).toHaveLength(1)
  })
})

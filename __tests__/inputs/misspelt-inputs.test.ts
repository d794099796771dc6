import { describe, expect, test } from '@jest/globals'

import { defaultText, INPUTS, type InputName } from '../../src/inputs/input-definitions.js'
import { findMisspeltInputs } from '../../src/inputs/misspelt-inputs.js'

/** Finds misspelt inputs among what the runner passes to a step: the defaults, these inputs, and variables of the job. */
function find(inputs: Record<string, string>): string[] {
  const defaults = (Object.keys(INPUTS) as InputName[]).map((name) => [name, defaultText(name)])
  const all = { ...(Object.fromEntries(defaults) as Record<string, string>), ...inputs }
  const env = Object.fromEntries(
    Object.entries(all).map(([name, text]) => [`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`, text]),
  )
  return findMisspeltInputs({ PATH: '/bin', GITHUB_DRYRUN: 'true', ...env }).map(
    ({ input, message }) => `${input}: ${/Did you mean (.*?)\?/.exec(message)?.[1] ?? ''}`,
  )
}

describe('a misspelt input is found', () => {
  // Otherwise a run that was meant as a dry run writes and deletes.
  test.each([
    ['without its hyphen', 'dryrun', 'dry-run'],
    ['with an underscore', 'dry_run', 'dry-run'],
    ['with a space', 'dry run', 'dry-run'],
    ['in another case', 'dryRun', 'dry-run'],
    ['with one letter too many', 'dry-runs', 'dry-run'],
    ['with one letter too few', 'dr-run', 'dry-run'],
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

  test('also if its text is empty', () => {
    expect(find({ dryrun: '' })).toEqual(['dryrun: dry-run'])
  })

  test('each of several', () => {
    expect(find({ dryrun: 'true', sope: 'storage', 'prune-limt': '5' })).toEqual([
      'dryrun: dry-run',
      'sope: scope',
      'prune-limt: prune-limit',
    ])
    expect(find({ dryrun: 'true', drrun: 'true' })).toEqual(['dryrun: dry-run', 'drrun: dry-run'])
  })

  test('if the runner passed no default', () => {
    expect(findMisspeltInputs({ INPUT_DRYRUN: 'true' })).toHaveLength(1)
  })
})

describe('an unrelated input is ignored', () => {
  // Other actions and jobs have such variables. If the step failed, the user could not fix it here.
  test.each([
    ...['PORT', 'COST', 'HOSTS', 'POST', 'GHOST', 'MODE', 'NAME', 'PATH', 'FILES', 'ARGS', 'VERSION'],
    ...['USERNAME', 'PASSWORD', 'REGISTRY', 'TAGS', 'PUSH', 'CONTEXT', 'WORKING-DIRECTORY', 'REPO-TOKEN'],
    ...['NODE-VERSION', 'FAIL_ON_ERROR', 'LOG_LEVEL', 'KEY', 'CASE', 'LIMIT', 'PREFIX', 'PROMPT', 'DRY'],
    // Two edits from a name of fewer than eight letters.
    ...['PRUNNESS', 'INCLINE', 'VERIFIED', 'SUMMIT'],
  ])('INPUT_%s', (name) => {
    expect(find({ [name]: 'x' })).toEqual([])
  })

  // A workflow that sets the known input spells it right.
  test.each([
    ['SCORE', 'scope', 'storage'],
    ['TOKENS', 'token', 'fake'],
    ['DRY_RUN', 'dry-run', 'true'],
    ['CREATE_SCOPE', 'create-scope', 'false'],
    ['GITHUB_TOKEN', 'github-token', 'ghp_fake'],
  ])('INPUT_%s, if %s is set', (name, known, text) => {
    expect(find({ [known]: text, [name]: 'x' })).toEqual([])
    expect(find({ [name]: 'x' })).toEqual([`${name.toLowerCase()}: ${known}`])
  })

  test('if the nearest input is set, and another one is not', () => {
    expect(find({ 'secret-files': 'a=b', SECRETFILES: 'x' })).toEqual([])
  })

  // The runner fills in these defaults, so they look like inputs that the workflow sets.
  test('but not if the known input has its default', () => {
    expect(find({ 'key-case': 'keep', 'key-cases': 'kebab' })).toEqual(['key-cases: key-case'])
    expect(find({ 'github-token': 'ghs_fakeTokenOfTheJob', github_token: 'ghp_fake' })).toHaveLength(1)
  })
})

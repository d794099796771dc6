import { writeFile } from 'node:fs/promises'
import path from 'node:path'

import { describe, expect, test } from '@jest/globals'

import type { Step } from '../../runner/step.js'
import { expectRefused } from '../refused-step.js'
import { folder } from '../folder-of-test.js'
import { callsOf, NO_OUTPUTS, stored, syncTo } from '../sync-step.js'
import { workspace } from '../workspace-of-test.js'

function fill(number: number, prefix = ''): void {
  const keys = Array.from({ length: number }, (_, index) => `${prefix}old-${index}`)
  workspace.store.createScope('storage', { secrets: Object.fromEntries(keys.map((key) => [key, 'x'])) })
}

const BARE = '{"github_token": "fake-github-token"}'
const ENVS = { 'secret-envs': 'blob=BLOB' }
const STEP: Omit<Step, 'with'> = { env: { BLOB: 'fake-value' } }

/** Prunes without a limit. */
const PRUNE = { prune: 'true', 'prune-limit': '1000' }

// Otherwise, a job that does not see its secrets would delete all of them, and succeed.
describe('with prune, nothing is deleted', () => {
  describe.each([3, 400, 1_000])('of %d keys', (number) => {
    test.each<[string, Record<string, string>, string]>([
      [
        'the JSON object of a job that sees no secret',
        { secrets: BARE },
        'secrets: the JSON object contains no secret',
      ],
      ['an empty JSON object', { secrets: '{}' }, 'secrets: the JSON object contains no secret'],
      [
        'it, with a key-prefix',
        { secrets: BARE, 'key-prefix': 'bl' },
        'secrets: the JSON object contains no secret',
      ],
      ['a blank text', { secrets: '\n' }, 'secrets: the input names no secret'],
    ])('for %s, beside an environment variable', async (_, inputs, beginning) => {
      fill(number, 'bl')
      const step = await syncTo(workspace, { ...ENVS, ...PRUNE, ...inputs }, STEP)
      expectRefused(workspace, step, beginning)
      expect(Object.keys(stored(workspace))).toHaveLength(number)
    })
  })

  test.each([
    ['empty.json', '{}'],
    ['comments.env', '# nothing\n\n'],
    ['bare.json', '{"DATABRICKS_TOKEN": "fake-token-of-ada"}'],
  ])('for the file %s, with lines in another input', async (name, text) => {
    fill(3)
    const file = path.join(folder, name)
    await writeFile(file, text)
    const step = await syncTo(workspace, { ...PRUNE, 'secrets-file': file })
    expectRefused(workspace, step, 'secrets-file: the file contains no secret')
  })

  test('for an object of which exclude matches everything, with a file', async () => {
    fill(3)
    const file = path.join(folder, 'map.json')
    await writeFile(file, '{"B": "fake-b"}')
    const inputs = { secrets: '{"A": "fake-a"}', exclude: 'a', 'secrets-file': file }
    expectRefused(
      workspace,
      await syncTo(workspace, { ...PRUNE, ...inputs }),
      'secrets: the JSON object contains',
    )
  })

  // This also applies without prune: the map is not the one that the workflow describes.
  test('and nothing is written without it', async () => {
    fill(3)
    const step = await syncTo(workspace, { ...ENVS, secrets: BARE }, STEP)
    expectRefused(workspace, step, 'secrets: the JSON object contains no secret')
  })

  // A blank text is not a mistake in a run that deletes nothing.
  test('but a blank text with other sources is accepted without prune', async () => {
    fill(1)
    const { exitCode, outputs } = await syncTo(workspace, { ...ENVS, secrets: '\n' }, STEP)
    expect(exitCode).toBe(0)
    expect(outputs['created']).toBe('["blob"]')
  })

  // It would be written, and the keys with the prefix would be deleted.
  test('for a prefix that no key has, in a map of several sources', async () => {
    fill(3, 'app-')
    const step = await syncTo(workspace, { ...ENVS, ...PRUNE, secrets: '', 'key-prefix': 'app-' }, STEP)
    expectRefused(workspace, step, 'key-prefix: no key of the map begins with this')
  })

  // An unset variable of the repository would rename every key, and the old keys would be deleted.
  test('for an empty key-case', async () => {
    fill(3)
    const step = await syncTo(workspace, { ...PRUNE, secrets: '{"API_KEY": "fake-value"}', 'key-case': '' })
    expectRefused(workspace, step, 'key-case: must be keep, lower, upper, kebab or snake')
  })
})

describe('a report about ages without secrets', () => {
  test('says that it only reports', async () => {
    fill(2)
    const { exitCode, outputs, annotations, summary } = await syncTo(workspace, {
      secrets: '',
      'max-age-days': '90',
      'create-scope': 'false',
      verify: 'False',
    })
    expect(exitCode).toBe(0)
    expect(outputs).toEqual(NO_OUTPUTS)
    expect(callsOf(workspace)).toEqual(['1 secrets/list', '1 secrets/scopes/list'])
    expect(annotations.map(({ level, message }) => `${level}: ${message}`)).toEqual([
      expect.stringContaining('notice: This run only reports the ages of keys'),
    ])
    expect(summary).toContain('This run only reports the ages of keys')
  })

  // The secrets are not visible to the job. A run with these inputs was meant to write them.
  test.each([
    ['verify', 'true'],
    ['if-exists', 'compare'],
    ['permissions', 'data-team=READ'],
    ['key-prefix', 'app-'],
    ['prune', 'true'],
    ['prune-exclude', 'old-*'],
    ['prune-limit', '20'],
    ['initial-manage-principal', 'creator'],
    ['pr-comment', 'true'],
  ])('is refused with %s', async (input, text) => {
    fill(2)
    const step = await syncTo(workspace, { secrets: '', 'max-age-days': '90', [input]: text })
    expectRefused(workspace, step, `secrets: no secret is named, and ${input} cannot work without one`)
  })
})

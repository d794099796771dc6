import { describe, expect, test } from '@jest/globals'

import type { Step } from '../../runner/step.js'
import { expectRefused } from '../refused-step.js'
import { callsOf, NO_OUTPUTS, stored, syncTo } from '../sync-step.js'
import { workspace } from '../workspace-of-test.js'

function fill(number: number): void {
  const keys = Array.from({ length: number }, (_, index) => `old-${index}`)
  workspace.store.createScope('storage', { secrets: Object.fromEntries(keys.map((key) => [key, 'x'])) })
}

const ENVS = { 'secret-envs': 'blob=BLOB' }
const STEP: Omit<Step, 'with'> = { env: { BLOB: 'fake-value' } }

// __tests__/inputs/read-inputs.test.ts has the other maps without secrets. Each ends a run in the same way.

// Otherwise, a job that does not see its secrets would delete all of them, and succeed.
test('with prune, nothing is deleted for the JSON object of a job that sees no secret', async () => {
  fill(1_000)
  const inputs = { ...ENVS, prune: 'true', 'prune-limit': '1000', secrets: '{"github_token": "fake-token"}' }
  const step = await syncTo(workspace, inputs, STEP)
  expectRefused(workspace, step, 'secrets: the JSON object contains no secret')
  expect(Object.keys(stored(workspace))).toHaveLength(1_000)
})

// A blank text is not a mistake in a run that deletes nothing.
test('without prune, a blank text with other sources is accepted', async () => {
  fill(1)
  const { exitCode, outputs } = await syncTo(workspace, { ...ENVS, secrets: '\n' }, STEP)
  expect(exitCode).toBe(0)
  expect(outputs['created']).toBe('["blob"]')
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

  test('is refused with verify', async () => {
    fill(2)
    const step = await syncTo(workspace, { secrets: '', 'max-age-days': '90', verify: 'true' })
    expectRefused(workspace, step, 'secrets: no secret is named, and verify cannot work without one')
  })
})

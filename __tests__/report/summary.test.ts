import { expect, test } from '@jest/globals'

import { WorkspaceError } from '../../src/databricks/workspace-error.js'
import { makeReport } from '../../src/report/report.js'
import { renderReport } from '../../src/report/summary.js'
import type { TargetResult } from '../../src/sync/result.js'
import type { Target } from '../../src/sync/target.js'
import { CONTEXT } from './made-up-run.js'

const TARGET: Target = {
  store: { kind: 'scope', name: 'storage', create: true, initialManagePrincipal: 'auto' },
  secrets: [],
  neverPruned: [],
  permissions: { lines: [], exact: false },
  options: { ifExists: 'update', prune: undefined, consumers: false, verify: false, maxAgeDays: 90 },
  isPrintableName: () => true,
}

/** An error whose words are as long as they are shown, and all have to be escaped, and differ. */
function refusal(index: number): WorkspaceError {
  return new WorkspaceError('error-response', {
    status: 400,
    errorCode: 'BAD_REQUEST',
    serverMessage: `${index} ${'$@#'.repeat(200)}`,
  })
}

// Lost if this fails: the runner drops a summary over 1 MiB whole, and the more fails, the less is shown.
test('the summary of 1,000 keys and 500 principals that fail for long reasons fits, and shows some of each', () => {
  const keys = Array.from({ length: 1_000 }, (_, index) => `key-${index}-${'k'.repeat(100)}`)
  const principals = Array.from({ length: 500 }, (_, index) => `[${index}] ${'!'.repeat(200)}`)
  const result: TargetResult = {
    target: TARGET,
    plan: {
      store: {
        kind: 'scope',
        name: 'storage',
        action: 'use',
        keys: Array.from({ length: 1_000 }, (_, index) => ({
          name: `other-${index}`,
          lastUpdated: Date.now(),
        })),
        isComplete: true,
        unprintable: 0,
      },
      keys: [],
      protectedKeys: [],
      uncompared: undefined,
      unmatchedExcludes: [],
      permissions: {
        permissions: [],
        sets: [],
        others: principals.map((principal) => ({ principal, permission: 'MANAGE', mayBeOurs: false })),
      },
    },
    created: undefined,
    keys: keys.map((key, index) => ({ key, outcome: 'failed', error: refusal(index) })),
    permissions: principals.map((principal, index) => {
      return { principal, permission: 'READ', outcome: 'failed', error: refusal(index) }
    }),
  }
  const summary = renderReport(makeReport({ dryRun: false, targets: [result] }, CONTEXT), CONTEXT)
  expect(Buffer.byteLength(summary)).toBeLessThan(1_048_576)
  expect(summary).toContain('1,000 failed, 500 permissions failed')
  expect(summary).toMatch(/\n\| `key-\d+-k+` \| ❌ failed/)
  expect(summary).toMatch(/\n\| <code>&#91;\d+&#93; /)
  expect(summary).toContain('<details><summary>1,000 keys left alone</summary>')
  expect(summary.match(/^… and \d+ more: see the log\.$/gm)?.length).toBeGreaterThan(0)
})

import { describe, expect, test } from '@jest/globals'

import { backoffMs, isTransient } from '../../../src/databricks/http/transient-error.js'
import {
  WorkspaceError,
  type Failure,
  type WorkspaceErrorDetails,
} from '../../../src/databricks/workspace-error.js'

// A wrong host name, or a service principal that is not in the workspace, must not cost five minutes.
describe('an error', () => {
  test.each<[Failure, WorkspaceErrorDetails, number, boolean]>([
    ['unreachable', {}, 1_000, true],
    ['unreachable', { likelyMistake: true }, 1, true],
    ['unreachable', { likelyMistake: true }, 8, false],
    ['proxy', {}, 1_000, true],
    ['proxy', { permanent: true }, 1, false],
    ['tls', {}, 1, false],
    ['timeout', {}, 1_000, true],
    ['connection-lost', {}, 1_000, true],
    ['redirected', { status: 303 }, 1, false],
    ['unexpected-response', { status: 200 }, 1, false],
    ['cancelled', {}, 1, false],
    ['error-response', { status: 500 }, 7, true],
    ['error-response', { status: 500 }, 8, false],
    ['error-response', { status: 500, errorCode: 'REQUEST_LIMIT_EXCEEDED' }, 1_000, true],
    ['error-response', { status: 501 }, 1, false],
    ['error-response', { status: 503 }, 1_000, true],
    ['error-response', { status: 403, errorCode: 'TEMPORARILY_UNAVAILABLE' }, 1_000, true],
    ['error-response', { status: 404, errorCode: 'RESOURCE_DOES_NOT_EXIST' }, 1, false],
  ])('%s %j is transient after %p tries: %p', (failure, details, tries, transient) => {
    expect(isTransient(new WorkspaceError(failure, details), tries)).toBe(transient)
  })
})

// A request that was rejected for the rate limit has created nothing. If the scope exists then, another run created it.
describe('a try', () => {
  test.each<[Failure, WorkspaceErrorDetails, boolean]>([
    ['connection-lost', {}, true],
    ['timeout', {}, true],
    ['unreachable', {}, false],
    ['proxy', {}, false],
    ['error-response', { status: 429 }, false],
    ['error-response', { status: 503, errorCode: 'RESOURCE_EXHAUSTED' }, false],
    ['error-response', { status: 503 }, true],
    ['error-response', { status: 504 }, true],
    ['error-response', { status: 400 }, false],
    ['cancelled', {}, true],
    ['cancelled', { notSent: true }, false],
  ])('that failed with %s %j may have been applied: %p', (failure, details, mayBeApplied) => {
    expect(new WorkspaceError(failure, details).mayBeApplied).toBe(mayBeApplied)
  })
})

// If a thousand requests fail together and are retried together, they fail together again.
test('the pause before a retry is random, and grows with each retry', () => {
  const longest = (failures: number) => Math.max(...Array.from({ length: 2_000 }, () => backoffMs(failures)))
  const shortest = Math.min(...Array.from({ length: 2_000 }, () => backoffMs(5)))
  expect(longest(1)).toBeLessThanOrEqual(500)
  expect(longest(4)).toBeGreaterThan(3_000)
  expect(longest(4)).toBeLessThanOrEqual(4_000)
  expect(longest(100)).toBeLessThanOrEqual(20_000)
  expect(shortest).toBeLessThan(800)
})

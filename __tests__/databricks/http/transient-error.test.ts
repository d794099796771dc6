import { describe, expect, test } from '@jest/globals'

import { backoffMs, isTransient } from '../../../src/databricks/http/transient-error.js'
import {
  WorkspaceError,
  type Failure,
  type WorkspaceErrorDetails,
} from '../../../src/databricks/workspace-error.js'

// A wrong name of a host, or a service principal that nobody has added, must not cost five minutes.
describe('a fault', () => {
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
    ['refused', { status: 500 }, 7, true],
    ['refused', { status: 500 }, 8, false],
    ['refused', { status: 500, errorCode: 'REQUEST_LIMIT_EXCEEDED' }, 1_000, true],
    ['refused', { status: 501 }, 1, false],
    ['refused', { status: 503 }, 1_000, true],
    ['refused', { status: 403, errorCode: 'TEMPORARILY_UNAVAILABLE' }, 1_000, true],
    ['refused', { status: 404, errorCode: 'RESOURCE_DOES_NOT_EXIST' }, 1, false],
  ])('%s %j may pass after %p tries: %p', (failure, details, tries, passes) => {
    expect(isTransient(new WorkspaceError(failure, details), tries)).toBe(passes)
  })
})

// Who has asked and was told "too many" has not created anything: what is there then is somebody else's.
describe('a try', () => {
  test.each<[Failure, WorkspaceErrorDetails, boolean]>([
    ['connection-lost', {}, true],
    ['timeout', {}, true],
    ['unreachable', {}, false],
    ['proxy', {}, false],
    ['refused', { status: 429 }, false],
    ['refused', { status: 503, errorCode: 'RESOURCE_EXHAUSTED' }, false],
    ['refused', { status: 503 }, true],
    ['refused', { status: 504 }, true],
    ['refused', { status: 400 }, false],
    ['cancelled', {}, true],
    ['cancelled', { notSent: true }, false],
  ])('that ended as %s %j may have been carried out: %p', (failure, details, open) => {
    expect(new WorkspaceError(failure, details).mayBeApplied).toBe(open)
  })
})

// A thousand that failed together and come back together fail together again.
test('the pause before a repetition is by chance, and ever longer', () => {
  const longest = (failures: number) => Math.max(...Array.from({ length: 2_000 }, () => backoffMs(failures)))
  const shortest = Math.min(...Array.from({ length: 2_000 }, () => backoffMs(5)))
  expect(longest(1)).toBeLessThanOrEqual(500)
  expect(longest(4)).toBeGreaterThan(3_000)
  expect(longest(4)).toBeLessThanOrEqual(4_000)
  expect(longest(100)).toBeLessThanOrEqual(20_000)
  expect(shortest).toBeLessThan(800)
})

import { describe, expect, test } from '@jest/globals'
import type { Evidence, Snapshot } from './evidence.js'
import { judge } from './judge.js'
import type { Outcome } from './said.js'

const MAP = { a: 'fake new a', b: 'fake new b' }

/** A scope with these values; those of the map count as put. */
function scope(secrets: Record<string, string>, acls: Record<string, string> = {}): Snapshot {
  const isOfMap = (value: string): boolean => Object.values(MAP).includes(value)
  return {
    exists: true,
    acls,
    secrets: new Map(
      Object.entries(secrets).map(([key, value]) => [key, { value, isPut: isOfMap(value) }] as const),
    ),
  }
}

/** What a step says that tells this of each key. */
function step(exitCode: number, keys: Record<string, [Outcome, string?]>, changed = true): Evidence['step'] {
  const all = Object.entries(keys)
  const failures = all.flatMap(([key, [, reason]]) => (reason === undefined ? [] : [`${key}: ${reason}`]))
  const names = (outcome: Outcome): string =>
    JSON.stringify(all.filter(([, [each]]) => each === outcome).map(([key]) => key))
  return {
    exitCode,
    afterCancelMs: undefined,
    signal: null,
    timedOut: false,
    log: all.map(([key, [outcome]]) => `  ${outcome}  ${key}`).join('\n'),
    summary: all
      .map(
        ([key, [outcome, reason]]) =>
          `| \`${key}\` | 🆕 ${outcome}${reason === undefined ? '' : `: ${reason}`} |`,
      )
      .join('\n'),
    annotations: failures.map((message) => ({ level: 'error', message, shown: true })),
    outputs: {
      'scope-created': 'false',
      changed: String(changed),
      created: names('created'),
      updated: names('updated'),
      unchanged: names('unchanged'),
      kept: names('kept'),
      deleted: names('deleted'),
      failed: names('failed'),
    },
  }
}

const OLD = scope({ a: 'old', old: 'old' })
const GREEN: Evidence = {
  wanted: { map: MAP, permissions: {}, prune: true, aclsOfNew: {} },
  before: OLD,
  after: scope(MAP),
  requests: [
    { call: 'secrets/put', about: 'a', value: MAP.a, befallen: false },
    { call: 'secrets/put', about: 'b', value: MAP.b, befallen: false },
    { call: 'secrets/delete', about: 'old', value: undefined, befallen: false },
  ],
  step: step(0, { a: ['updated'], b: ['created'], old: ['deleted'] }),
  countsFaults: true,
  costsItself: false,
  vanished: false,
}

const OPEN = 'It was cut. The write may or may not have been applied.'
const NOT_DELETED = 'Not deleted, because another key failed.'
const RED: Evidence = {
  ...GREEN,
  after: scope({ a: MAP.a, old: 'old' }),
  requests: GREEN.requests.slice(0, 2),
  step: step(1, { a: ['updated'], b: ['failed', OPEN], old: ['failed', NOT_DELETED] }),
}

const PLANNED = { a: ['updated'], b: ['created'], old: ['deleted'] } satisfies Parameters<typeof step>[1]
const DRY_RUN: Evidence = {
  ...GREEN,
  wanted: { ...GREEN.wanted, dryRun: true },
  after: OLD,
  requests: [],
  step: step(0, PLANNED),
}

const CANCELLED: Evidence['step'] = { ...GREEN.step, exitCode: 1, afterCancelMs: 2_100 }
const CANCELLED_LOG = `${GREEN.step.log}\nCancelled: nothing else is sent.`
const CANCELLED_ERRORS = [{ level: 'error', message: 'The operation was canceled.', shown: true }] as const

/** RED as the summary tells it with the reasons in blocks. */
function inBlocks(rowOfB: string, ...blocks: [title: string, reason: string][]): Evidence {
  const rows = ['| `a` | 🆕 updated |', `| \`b\` | ❌ ${rowOfB} |`, '| `old` | ⏭️ not deleted |']
  const texts = blocks.map(([title, reason]) => `> [!CAUTION]\n> **${title}\n>\n> ${reason}\n`)
  return { ...RED, step: { ...RED.step, summary: [...texts, ...rows].join('\n') } }
}

const OF_OLD: [string, string] = ['1 key not deleted:** `old`', NOT_DELETED]

/** RED, where a fault has befallen the put of one key. */
function befallen(about: string): Evidence {
  const requests = RED.requests.map((request) => ({ ...request, befallen: request.about === about }))
  return { ...inBlocks('failed', ['1 key failed:** `b`', OPEN], OF_OLD), requests, costsItself: true }
}

test.each([
  ['a green run', GREEN],
  ['a red run with its reasons in blocks', inBlocks('failed', ['1 key failed:** `b`', OPEN], OF_OLD)],
  [
    'one with numbers',
    inBlocks(
      'failed (reason 2)',
      ['Reason 1, 2 keys failed:** `c`', 'It was refused.'],
      ['Reason 2, 2 keys failed:** `d` and 1 more', OPEN],
      OF_OLD,
    ),
  ],
  ['a red run that tells the truth', RED],
  ['one in which only the befallen key fails', befallen('b')],
  ['the plan of a dry run', DRY_RUN],
  [
    'a job that is cancelled when all is done',
    { ...GREEN, step: { ...CANCELLED, log: CANCELLED_LOG, annotations: [...CANCELLED_ERRORS] } },
  ],
  [
    'a key that went with its scope',
    {
      ...GREEN,
      vanished: true,
      after: scope({ ...MAP, old: 'old' }),
      step: step(1, { ...PLANNED, b: ['failed', OPEN] }),
    },
  ],
  ['one that says of a write that is there that it may be', { ...RED, after: scope({ ...MAP, old: 'old' }) }],
])('%s has nothing wrong', (_, evidence) => {
  expect(judge(evidence)).toEqual([])
})

// Lost if this fails: the fault test is green whatever the action says.
describe('a wrong report is found:', () => {
  const failedB = (reason: string): Evidence['step'] =>
    step(1, { a: ['updated'], b: ['failed', reason], old: ['failed', NOT_DELETED] })
  test.each<[string, Partial<Evidence>, RegExp]>([
    ['a hang', { step: { ...GREEN.step, timedOut: true } }, /hangs/],
    ['a crash', { step: { ...GREEN.step, exitCode: null, signal: 'SIGABRT' } }, /it ended with/],
    ['green, with a key missing', { after: scope({ a: MAP.a }) }, /green, but in the scope b is missing/],
    ['green, with another value', { after: scope({ ...MAP, b: 'other' }) }, /created, and it is not what/],
    ['green, with an old key', { after: scope({ ...MAP, old: 'old' }) }, /deleted, and it is there/],
    ['green, with a failure', { step: { ...RED.step, exitCode: 0 } }, /green and tells of a failure/],
    ['red, with no failure', { step: { ...GREEN.step, exitCode: 1 } }, /red and tells of no failure/],
    [
      'a key that nothing is said of',
      { step: step(0, { a: ['updated'], old: ['deleted'] }) },
      /what became of b/,
    ],
    [
      'created for updated',
      { step: step(0, { a: ['created'], b: ['created'], old: ['deleted'] }) },
      /the other/,
    ],
    [
      'unchanged, and put',
      { step: step(0, { a: ['unchanged'], b: ['created'], old: ['deleted'] }) },
      /it was put/,
    ],
    [
      'written, and not said so',
      { ...RED, after: scope({ ...MAP, old: 'old' }), step: failedB('It was refused.') },
      /does not say so/,
    ],
    [
      'not sent, and sent',
      { ...RED, step: failedB('Not sent, since nothing got through.') },
      /it was sent, and/,
    ],
    [
      'tried less often than it was',
      {
        ...RED,
        requests: Array.from({ length: 3 }, () => ({
          call: 'secrets/put',
          about: 'b',
          value: MAP.b,
          befallen: true,
        })),
      },
      /sent 3 times/,
    ],
    [
      'put all the same, and it was not',
      { ...RED, step: failedB('Written, but it could not be read back to verify it.') },
      /was not/,
    ],
    [
      'neither old nor new',
      { ...RED, after: scope({ a: MAP.a, b: 'third', old: 'old' }) },
      /neither the old one nor the new/,
    ],
    [
      'failed without a reason',
      { ...RED, step: step(1, { a: ['updated'], b: ['failed'], old: ['failed', NOT_DELETED] }) },
      /does not say why/,
    ],
    [
      'a key that no block names',
      inBlocks('failed', ['1 key failed:** `c`', OPEN], OF_OLD),
      /does not say why/,
    ],
    [
      'a key that two blocks name',
      inBlocks(
        'failed (reason 1)',
        ['Reason 1, 1 key failed:** `b`', OPEN],
        ['Reason 2, 1 key failed:** `b`', 'No.'],
        OF_OLD,
      ),
      /does not say why/,
    ],
    [
      'a row that leads to another block',
      inBlocks(
        'failed (reason 1)',
        ['Reason 1, 1 key failed:** `c`', 'No.'],
        ['Reason 2, 1 key failed:** `b`', OPEN],
        OF_OLD,
      ),
      /does not say why/,
    ],
    [
      'not verified, and no proof was tried',
      inBlocks('not verified', ['1 key not verified:** `b`', OPEN], OF_OLD),
      /not that of its reason/,
    ],
    [
      'not deleted, and it is of the map',
      inBlocks('not deleted', ['2 keys not deleted:** `b`, `old`', NOT_DELETED]),
      /or is to be put/,
    ],
    ['deleted, and a put is missing', { ...RED, requests: GREEN.requests }, /a key was deleted, and not all/],
    [
      'other bytes',
      { requests: [{ call: 'secrets/put', about: 'a', value: 'b', befallen: false }] },
      /other bytes/,
    ],
    ['sent twice for nothing', { requests: [...GREEN.requests, ...GREEN.requests] }, /more often than/],
    ['outputs that disagree with the log', { step: { ...GREEN.step, log: '' } }, /outputs and log disagree/],
    [
      'a summary that disagrees with the log',
      { step: { ...GREEN.step, summary: '' } },
      /log and summary disagree/,
    ],
    [
      'changed is false',
      { step: { ...GREEN.step, outputs: { ...GREEN.step.outputs, changed: 'false' } } },
      /changed is/,
    ],
    [
      'a scope that is not new',
      { step: { ...GREEN.step, outputs: { ...GREEN.step.outputs, 'scope-created': 'true' } } },
      /not new/,
    ],
    [
      'stopped, and it has written',
      { step: { ...step(1, {}), log: 'Stopped before the first secret was written.' } },
      /sent 3 writes/,
    ],
    ['a healthy key that fails', befallen('a'), /b failed, though no fault befell it/],
    [
      'stopped, for what can be done without',
      { ...befallen('a'), step: { ...step(1, {}), log: 'Stopped before the first secret was written.' } },
      /it stopped, though/,
    ],
    ['an end after the next signal', { step: { ...CANCELLED, afterCancelMs: 7_600 } }, /7600 ms after/],
    ['a dry run that writes', { ...DRY_RUN, requests: GREEN.requests }, /a dry run sent secrets\/put/],
    ['a dry run that changes the scope', { ...DRY_RUN, after: scope(MAP) }, /another one after a dry run/],
    [
      'a plan that is wrong',
      { ...DRY_RUN, step: step(0, { ...PLANNED, a: ['unchanged'] }) },
      /the plan for a is wrong/,
    ],
    [
      'a plan that changes nothing',
      { ...DRY_RUN, step: step(0, PLANNED, false) },
      /changed is not what the plan/,
    ],
    [
      'a permission that is not there',
      { wanted: { ...GREEN.wanted, permissions: { team: 'READ' } } },
      /ACLs team is missing/,
    ],
    ['the key of somebody else', { wanted: { ...GREEN.wanted, prune: false } }, /none of its business/],
  ])('%s', (_, changes, message) => {
    expect(judge({ ...GREEN, ...changes }).join('\n')).toMatch(message)
  })
})

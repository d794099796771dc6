import { expect, test } from '@jest/globals'

import { sentencesOf, type Explanation } from '../../src/report/explanation.js'
import { groupFailures, type FailureGroup } from '../../src/report/failure-groups.js'

const DOWN: Explanation = {
  kind: 'transient',
  what: 'The workspace refused the request (HTTP 503).',
  advice: 'Run the job again.',
  commands: [],
}

function failed(name: string, more: Partial<Explanation> = {}, outcome = 'failed'): FailureGroup {
  return { outcome, names: [name], reason: { ...DOWN, ...more } }
}

// Lost if this fails: a hundred keys that failed alike are a hundred annotations, of which GitHub shows ten.
test('what failed for the same reason is one failure, with one request id and the most tries', () => {
  const [group, ...others] = groupFailures([
    failed('a', { attempts: { tries: 2, ms: 1_000 }, requestId: 'fake-id-1' }),
    failed('b', { attempts: { tries: 5, ms: 12_000 }, requestId: 'fake-id-2' }),
    failed('c', { attempts: { tries: 3, ms: 4_000 }, requestId: 'fake-id-3' }),
  ])
  expect(others).toEqual([])
  expect(group).toMatchObject({ outcome: 'failed', names: ['a', 'b', 'c'] })
  expect(sentencesOf(group?.reason ?? DOWN)).toBe(
    `${DOWN.what} It was tried up to 5 times in up to 12.0 s. Request id: fake-id-1. ${DOWN.advice}`,
  )
})

// Lost if this fails: the most tries of one request are reported with the time of another.
test('tries and seconds of different requests are each an upper bound', () => {
  const [group] = groupFailures([
    failed('a', { attempts: { tries: 5, ms: 4_500 } }),
    failed('b', { attempts: { tries: 3, ms: 12_250 } }),
  ])
  expect(group?.reason.attempts).toEqual({ tries: 5, ms: 12_250, atMost: true })
})

test('the tries are exact if they are the same for all', () => {
  const attempts = { tries: 2, ms: 1_000 }
  expect(groupFailures([failed('a', { attempts }), failed('b', { attempts })])).toEqual([
    { outcome: 'failed', names: ['a', 'b'], reason: { ...DOWN, attempts } },
  ])
})

// Lost if this fails: a message of the workspace that looks like one of our sentences changes how failures are grouped.
test('words of a response that look like attempts or a request id are part of the reason', () => {
  const failures = [
    'It says: "It was tried 2 times in 1 s.".',
    'It says: "It was tried 3 times in 1 s.".',
  ].map((what, index) => failed(`k${index}`, { what }))
  expect(groupFailures(failures)).toEqual(failures)
})

// Lost if this fails: a single try is reported as minutes of retries, or a key gets the reason of another.
test.each<[string, FailureGroup, FailureGroup]>([
  ['one was retried and the other was not', failed('a'), failed('b', { attempts: { tries: 2, ms: 1_000 } })],
  ['the reasons differ', failed('a'), failed('b', { what: 'Not sent.' })],
  ['the advice differs', failed('a'), failed('b', { advice: '' })],
  ['the commands differ', failed('a', { commands: ['one'] }), failed('b', { commands: ['other'] })],
  ['the outcomes differ', failed('a'), failed('b', {}, 'not verified')],
])('it is two failures if %s', (_, one, other) => {
  expect(groupFailures([one, other])).toEqual([one, other])
})

// If this fails, a single key is shown above the reason that most keys have.
test('the reason of most keys comes first', () => {
  const groups = groupFailures([failed('a', { what: 'Rare.' }), failed('b'), failed('c')])
  expect(groups.map(({ names }) => names)).toEqual([['b', 'c'], ['a']])
})

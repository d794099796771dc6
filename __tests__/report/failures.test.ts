import { expect, test } from '@jest/globals'

import { groupFailures } from '../../src/report/failures.js'

const DOWN = 'The workspace refused the request (HTTP 503).'

function failed(name: string, reason: string, outcome = 'failed') {
  return { outcome, names: [name], reason }
}

// Lost if this fails: a hundred keys that failed alike are a hundred annotations, of which GitHub shows ten.
test('what failed for the same reason is one failure, with one request id and the most tries', () => {
  const groups = groupFailures([
    failed('a', `${DOWN} It was tried 2 times in 1 s. Request id: fake-id-1.`),
    failed('b', `${DOWN} It was tried 5 times in 12 s. Request id: fake-id-2.`),
    failed('c', `${DOWN} It was tried 3 times in 4 s. Request id: fake-id-3.`),
  ])
  expect(groups).toEqual([
    {
      outcome: 'failed',
      names: ['a', 'b', 'c'],
      reason: `${DOWN} It was tried up to 5 times in up to 12.0 s. Request id: fake-id-1.`,
    },
  ])
})

// Lost if this fails: the most tries of one request are said to have taken the time of another.
test('tries and seconds that are not of one request are each an upper bound', () => {
  const [group] = groupFailures([
    failed('a', `${DOWN} It was tried 5 times in 4.5 s.`),
    failed('b', `${DOWN} It was tried 3 times in 12.25 s.`),
  ])
  expect(group?.reason).toBe(`${DOWN} It was tried up to 5 times in up to 12.3 s.`)
})

test('the tries are exact where all had the same', () => {
  const reason = `${DOWN} It was tried 2 times in 1 s.`
  expect(groupFailures([failed('a', reason), failed('b', reason)])).toEqual([
    { outcome: 'failed', names: ['a', 'b'], reason },
  ])
})

// Lost if this fails: what was tried once is said to have been tried for minutes, or another key's reason is told of it.
test.each([
  ['one was tried again and the other was not', DOWN, `${DOWN} It was tried 2 times in 1 s.`, 'failed'],
  ['the reasons are others', DOWN, 'Not sent.', 'failed'],
  ['the ends are others', DOWN, DOWN, 'not verified'],
])('it is two failures where %s', (_, one, other, outcome) => {
  expect(groupFailures([failed('a', one), failed('b', other, outcome)])).toEqual([
    failed('a', one),
    failed('b', other, outcome),
  ])
})

// Lost if this fails: the one odd key stands above the reason that befell all others.
test('the reason that befell most comes first', () => {
  const groups = groupFailures([failed('a', 'Rare.'), failed('b', DOWN), failed('c', DOWN)])
  expect(groups.map(({ names }) => names)).toEqual([['b', 'c'], ['a']])
})

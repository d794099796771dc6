import { expect, test } from '@jest/globals'

import { ALL_CASES, sampleOf } from '../faults/all-cases.js'
import { isTriedToday } from '../faults/daily-sample.js'
import { listMistakes, playAll } from '../faults/pool.js'

// If this fails, a report after an error may be wrong, or a job may never end. A quarter of the sample is tried on each day, and
// `npm run test:faults` tries all cases.
test('with any fault, a run succeeds with exactly the right scope, or fails with a correct report', async () => {
  const cases = sampleOf(ALL_CASES).filter((_, index) => isTriedToday(index, 4))
  const played = await playAll(cases, 4)
  const wrong = played.flatMap((each) =>
    listMistakes(each).map((mistake) => `${each.played.name}: ${mistake}`),
  )
  expect(wrong).toEqual([])
}, 300_000)

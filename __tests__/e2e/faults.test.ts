import { expect, test } from '@jest/globals'

import { ALL_CASES, sampleOf } from '../faults/all-cases.js'
import { listMistakes, playAll } from '../faults/pool.js'

// If this fails, a report after an error may be wrong, or a job may never end. `npm run test:faults` tries all cases.
test('with any fault, a run succeeds with exactly the right scope, or fails with a correct report', async () => {
  const played = await playAll(sampleOf(ALL_CASES), 4)
  const wrong = played.flatMap((each) =>
    listMistakes(each).map((mistake) => `${each.played.name}: ${mistake}`),
  )
  expect(wrong).toEqual([])
}, 300_000)

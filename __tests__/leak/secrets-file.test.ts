import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'

import { expectHidden, RUNS, runHostile, SEED } from './hostile-run.js'
import { MAP_FILES } from './map-files.js'
import { nameLikeValue, secretValue } from './secret-values.js'

const anyText = secretValue
  .map((value) => value.toString())
  .filter((value) => !value.includes('\ufffd') && value.trim() !== '')

// No mask exists for a file that an earlier step decrypted, and the error for an invalid file must not quote it.
describe('a map in a file:', () => {
  test.each(MAP_FILES)(
    '$name',
    async ({ write, file = 'secrets.json', inputs, exitCode, unmasked = false }) => {
      await fc.assert(
        fc.asyncProperty(
          fc.tuple(nameLikeValue, nameLikeValue, nameLikeValue, nameLikeValue),
          fc.array(anyText, { minLength: 12, maxLength: 12 }),
          async (names, others) => {
            const values = { names, all: [...names, ...others] }
            const content = write(values)
            const left = await runHostile({
              inputs: { secrets: '', 'secrets-file': file, ...inputs?.(values) },
              files: { [file]: content },
            })
            // Only those that are there.
            const text = content.toString()
            const isThere = (value: string): boolean => text.includes(JSON.stringify(value).slice(1, -1))
            const known = unmasked ? values.all : values.all.filter(isThere)
            expectHidden(left, { known, unmasked })
            expect(known.length).toBeGreaterThan(0)
            if (exitCode !== undefined)
              expect([left.step.exitCode, left.step.log]).toEqual([exitCode, expect.anything()])
          },
        ),
        { seed: SEED, numRuns: RUNS, endOnFailure: true },
      )
    },
  )
})

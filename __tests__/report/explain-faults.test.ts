import { describe, expect, test } from '@jest/globals'

import { explainFaults } from '../../src/report/explain-faults.js'

describe('faults', () => {
  // The line is all that a user has to find a fault by, and a pasted key makes dozens of them.
  test('of one kind are told once, with all of their lines', () => {
    const faults = [2, 3, 4, 7, 9, 10].map((line) => ({ input: 'secrets', line, message: 'wrong' }))
    expect(explainFaults(faults)).toEqual(['secrets, lines 2 to 4, 7, 9 to 10: wrong.'])
    expect(explainFaults(faults.slice(0, 1))).toEqual(['secrets, line 2: wrong.'])
  })

  test('of different kinds, inputs or columns are told apart', () => {
    expect(
      explainFaults([
        { input: 'host', message: 'wrong' },
        { input: 'secrets', line: 1, message: 'wrong' },
        { input: 'secrets', line: 2, message: 'bad' },
        { input: 'secret-envs', line: 1, message: 'wrong' },
        { input: 'secrets', line: 3, column: 5, message: 'wrong' },
      ]),
    ).toEqual([
      'host: wrong.',
      'secrets, line 1: wrong.',
      'secrets, line 2: bad.',
      'secret-envs, line 1: wrong.',
      'secrets, line 3, column 5: wrong.',
    ])
  })

  // A file that was pasted for a map has tens of thousands of them: one line each way is all that a person reads.
  test('by the thousands are told at once, and briefly', () => {
    const lines = Array.from({ length: 60_000 }, (_, index) => ({
      input: 'secrets',
      line: index * 2,
      message: 'wrong',
    }))
    const [told = '', ...others] = explainFaults(lines)
    expect(others).toEqual([])
    expect(told).toContain('lines 0, 2, 4,')
    expect(told.endsWith(' and more: wrong.')).toBe(true)
    expect(told.length).toBeLessThan(500)
  })
})

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

  // Nobody sees the lines of `${{ toJSON(secrets) }}`.
  test('of a map are told by its names', () => {
    const fault = { input: 'secrets', column: 3, message: 'wrong' }
    expect(explainFaults([{ ...fault, line: 2, name: 'A' }])).toEqual([
      'secrets, A (line 2, column 3): wrong.',
    ])
    const faults = Array.from({ length: 51 }, (_, line) => ({ ...fault, line: line + 1, name: `N${line}` }))
    const messages = explainFaults([...faults, { ...fault, line: 60 }])
    expect(messages).toHaveLength(3)
    expect(messages[0]).toMatch(/^secrets, N0, N1, .*N49: wrong\.$/)
    expect(messages.slice(1)).toEqual(['secrets, N50: wrong.', 'secrets, line 60, column 3: wrong.'])
  })

  // A file that was pasted for a map has tens of thousands of them: told one by one, or all in one line, nobody reads
  // them; and one that is not told is one that the next run fails on.
  test('by the thousands are all told, in messages that can be read', () => {
    const lines = Array.from({ length: 60_000 }, (_, index) => index * 2 + 1)
    const messages = explainFaults(lines.map((line) => ({ input: 'secrets', line, message: 'wrong' })))
    expect(messages).toHaveLength(1_200)
    for (const message of messages) {
      expect(message).toMatch(/^secrets, lines [\d, ]+: wrong\.$/)
      expect(message.length).toBeLessThan(500)
    }
    expect(messages.flatMap((message) => message.match(/\d+/g)?.map(Number) ?? [])).toEqual(lines)
  })
})

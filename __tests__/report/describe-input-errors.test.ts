import { describe, expect, test } from '@jest/globals'

import { describeInputErrors } from '../../src/report/describe-input-errors.js'

describe('input errors', () => {
  // A user finds an error only by its line, and a pasted multi-line secret makes dozens of errors.
  test('with the same message are described once, with all of their lines', () => {
    const errors = [2, 3, 4, 7, 9, 10].map((line) => ({ input: 'secrets', line, message: 'wrong' }))
    expect(describeInputErrors(errors)).toEqual(['secrets, lines 2 to 4, 7, 9 to 10: wrong.'])
    expect(describeInputErrors(errors.slice(0, 1))).toEqual(['secrets, line 2: wrong.'])
  })

  test('that end with a question have no second mark', () => {
    expect(describeInputErrors([{ input: 'config', message: 'unknown field. Did you mean a?' }])).toEqual([
      'config: unknown field. Did you mean a?',
    ])
  })

  test('with different messages, inputs or columns stay separate', () => {
    expect(
      describeInputErrors([
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

  test('that end with a question have no period after it', () => {
    expect(describeInputErrors([{ input: 'config', line: 4, message: 'unknown. Did you mean a?' }])).toEqual([
      'config, line 4: unknown. Did you mean a?',
    ])
  })

  // Nobody sees the lines of `${{ toJSON(secrets) }}`.
  test('of a map have its names', () => {
    const inputError = { input: 'secrets', column: 3, message: 'wrong' }
    expect(describeInputErrors([{ ...inputError, line: 2, name: 'A' }])).toEqual([
      'secrets, A (line 2, column 3): wrong.',
    ])
    const errors = Array.from({ length: 51 }, (_, line) => ({
      ...inputError,
      line: line + 1,
      name: `N${line}`,
    }))
    const messages = describeInputErrors([...errors, { ...inputError, line: 60 }])
    expect(messages).toHaveLength(3)
    expect(messages[0]).toMatch(/^secrets, N0, N1, .*N49: wrong\.$/)
    expect(messages.slice(1)).toEqual(['secrets, N50: wrong.', 'secrets, line 60, column 3: wrong.'])
  })

  // A file that was pasted for a map has tens of thousands of them: told one by one, or all in one line, nobody reads
  // them.
  test.each([1, 20, 400, 1_000, 60_000, 1_000_000])(
    'of %i lines are told in messages that can be read, and the rest is counted',
    (number) => {
      const lines = Array.from({ length: number }, (_, index) => index * 2 + 1)
      const messages = describeInputErrors(
        lines.map((line) => ({ input: 'secrets', line, message: 'wrong' })),
      )
      expect(messages).toHaveLength(Math.min(10, Math.ceil(number / 50)))
      for (const message of messages) {
        expect(message).toMatch(/^secrets, lines? [\d, ]+(?: and [\d,]+ more)?: wrong\.$/)
        expect(message.length).toBeLessThan(500)
      }
      const [, more = '0'] = / and ([\d,]+) more: /.exec(messages.at(-1) ?? '') ?? []
      const told = messages.flatMap((message) => message.replace(/ and .*/, '').match(/\d+/g) ?? [])
      expect(told.map(Number)).toEqual(lines.slice(0, 500))
      expect(Number(more.replaceAll(',', ''))).toBe(number - told.length)
    },
  )

  test('of 200,000 kinds or names are told in part, and counted', () => {
    const errors = Array.from({ length: 200_000 }, (_, index) => ({
      input: 'secrets',
      line: 1,
      column: index + 1,
    }))
    const kinds = describeInputErrors(errors.map((inputError) => ({ ...inputError, message: 'wrong' })))
    expect(kinds).toHaveLength(101)
    expect(kinds.at(-1)).toBe('199,900 more errors, not listed here.')
    const names = describeInputErrors(
      errors.map((inputError) => ({ ...inputError, name: `N${inputError.column}`, message: 'wrong' })),
    )
    expect(names).toHaveLength(10)
    expect(names.at(-1)).toMatch(/ and 199,500 more: wrong\.$/)
  })
})

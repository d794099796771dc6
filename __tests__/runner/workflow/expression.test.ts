import { describe, expect, test } from '@jest/globals'

import { holds, interpolate, type Scope } from './expression.js'

const scope: Scope = {
  contexts: {
    github: { event_name: 'push' },
    secrets: { KEY: 'a\n"b"' },
    steps: { id: { outputs: { n: '[]' } } },
  },
  status: 'success',
}

// A player that takes these for something else than GitHub plays another workflow than the one that users get.
describe('an expression', () => {
  test.each([
    ['${{ toJSON(secrets.KEY) }}', '"a\\n\\"b\\""'],
    ["a ${{ github.event_name == 'PUSH' }} b ${{ github.event_name != 'push' && 1 || 2 }}", 'a true b 2'],
    ['no expression: $KEY {{ }}', 'no expression: $KEY {{ }}'],
    ["${{ format('{0}}}', 'it''s') }}", "it's}"],
    ['${{ secrets.NOT_VISIBLE }}', ''],
    ['${{ toJSON(secrets.NOT_VISIBLE) }}', 'null'],
    ["${{ contains(fromJSON('[\"a\"]'), 'a') }}", 'true'],
  ])('%s', (text, value) => {
    expect(interpolate(text, scope)).toBe(value)
  })

  // On GitHub, most of these are an empty text, and the recipe does something else than it says.
  test.each([
    ['${{ github.evnt_name }}', 'There is no github.evnt_name here.'],
    ['${{ steps.id.outputs.stale }}', 'There is no steps.id.outputs.stale here.'],
    ['${{ steps.other.outcome }}', 'There is no steps.other here.'],
    ['${{ matrix.os }}', 'matrix'],
    ["${{ hashFiles('a') }}", 'hashFiles'],
    ['${{ secrets.KEY', 'This expression has no end'],
    ['${{ 1 + 1 }}', '+'],
  ])('%s is refused', (text, message) => {
    expect(() => interpolate(text, scope)).toThrow(message)
  })
})

describe('an if', () => {
  test.each<[string | undefined, boolean, boolean]>([
    [undefined, true, false],
    ["github.event_name == 'push'", true, false],
    ["${{ github.event_name == 'pull_request' }}", false, false],
    ['always()', true, true],
    ['${{ !cancelled() }}', true, true],
    ["failure() && github.event_name == 'push'", false, true],
    ["''", false, false],
  ])('%s is %s after success, and %s after a failure', (condition, afterSuccess, afterFailure) => {
    expect(holds(condition, scope)).toBe(afterSuccess)
    expect(holds(condition, { ...scope, status: 'failure' })).toBe(afterFailure)
  })

  // GitHub takes a text around an expression for true, whatever the expression says.
  test('that is an expression only in part is refused', () => {
    expect(() => holds("${{ github.event_name }} == 'push'", scope)).toThrow()
  })
})

import { describe, expect, test } from '@jest/globals'

import { escapeMarkdown, joinParts, table } from '../../src/report/markdown.js'

describe('untrusted text', () => {
  // Lost if this fails: a workspace calls a team, or links an issue, from the comment of a bot.
  test.each([
    ['a team', 'see @acme/team', 'see <span>@</span>acme/team'],
    ['an e-mail', 'ada@example.com', 'ada<span>@</span>example.com'],
    ['an issue', 'fixes #1', 'fixes <span>#</span>1'],
    ['an issue of another repository', 'owner/repo#2', 'owner/repo<span>#</span>2'],
    ['an issue by GH', 'GH-1', 'GH<span>-</span>1'],
    ['a short id of a commit', 'deadbee.', '<span>deadbe</span>e.'],
    [
      'a commit of another repository',
      'owner/repo@deadbee1',
      'owner/repo<span>@</span><span>deadbe</span>e1',
    ],
    ['an address', 'https://evil.example/#1', 'https\\://evil.example/<span>#</span>1'],
    ['an address without a scheme', 'www.evil.example', 'www\\.evil.example'],
    ['an emoji', ':tada:', '<span>:</span>tada:'],
    ['an image', '![x](https://evil.example)', '!\\[x\\](https\\://evil.example)'],
    ['a tag', '<img src=x>', '\\<img src=x\\>'],
    ['a reference to a character', '&#64;team', '\\&<span>#</span>64;team'],
    ['a formula', '$x$', '<span>$</span>x<span>$</span>'],
    ['a heading', '# x', '<span>#</span> x'],
  ])('is not live: %s', (_, text, escaped) => {
    expect(escapeMarkdown(text)).toBe(escaped)
  })

  test('has no stretch that is a whole id of a commit', () => {
    const id = '0123456789abcdef0123456789abcdef01234567'
    const stretches = escapeMarkdown(`Request id: ${id}, ${id}`).split(/<[^>]*>/)
    expect(stretches.filter((text) => /[\da-f]{7}/.test(text))).toEqual([])
    expect(stretches.join('')).toBe(`Request id: ${id}, ${id}`)
  })

  test('of ordinary words is left alone', () => {
    const text =
      'The workspace refused it (PERMISSION_DENIED, HTTP 403): key a_b-c of data-team, 12:30, 99 %.'
    expect(escapeMarkdown(text)).toBe(text)
  })
})

describe('the parts of a summary', () => {
  const rows = (number: number, length: number) => Array.from({ length: number }, () => ['é'.repeat(length)])

  test('that fit are all there', () => {
    expect(joinParts(['a', table(['x'], [['1'], ['2']]), 'b'])).toBe('a\n\n| x |\n| --- |\n| 1 |\n| 2 |\n\nb')
  })

  // The runner drops a summary over 1 MiB whole.
  test('that do not fit share one limit, and say what is left out', () => {
    const small = table(['small'], rows(10, 10))
    const large = table(['large'], rows(1_000, 1_000))
    const text = joinParts([
      'before',
      large,
      { ...large, folded: 'more' },
      small,
      'x'.repeat(2_000_000),
      'after',
    ])
    const bytes = Buffer.byteLength(text)
    expect(bytes).toBeLessThan(1_000_001)
    expect(bytes).toBeGreaterThan(990_000)
    expect(text).toMatch(/^before\n\n/)
    expect(text).toMatch(/\n\nafter\n\n… and 1 more: see the log\.$/)
    // What is folded away has what the others leave.
    expect(text).toMatch(/\n\n… and 5\d\d more: see the log\.\n\n<details>/)
    expect(text).toContain('… and 1000 more: see the log.\n\n</details>')
    expect(text.split('é'.repeat(10)).length).toBeGreaterThan(10)
    expect(text).toContain(`| ${'é'.repeat(10)} |\n\nafter`)
  })
})

import { describe, expect, test } from '@jest/globals'

import { commentMarker, renderComment } from '../../src/report/comment-body.js'
import { SecretValue } from '../../src/secret-value.js'
import { Redactor } from '../../src/secrets/masks/redactor.js'

const marker = commentMarker(['https://workspace', 'storage'])

function render(markdown: string, ...values: string[]): string {
  const body = renderComment(marker, markdown, new Redactor(values.map((value) => new SecretValue(value))))
  expect(body.startsWith(`${marker}\n`)).toBe(true)
  return body.slice(marker.length + 1)
}

describe('the marker', () => {
  // Two scopes that share a comment overwrite each other's plan with every run.
  test('differs where any part does, and is the same for the same parts', () => {
    const all = [['a', 'b'], ['ab', ''], ['', 'ab'], ['a'], ['a', 'b', '']].map((parts) =>
      commentMarker(parts),
    )
    expect(new Set(all).size).toBe(5)
    expect(commentMarker(['a', 'b'])).toBe(all[0])
  })

  // A scope named `-->` would show, and end what hides the rest.
  test('holds nothing of its parts', () => {
    expect(commentMarker(['--><b>'])).toMatch(/^<!-- databricks-secrets-sync [\da-f]{32} -->$/)
  })
})

describe('a comment', () => {
  test('says what it is to say', () => {
    expect(render('### Plan\n\n| Key |\n| --- |\n| `a` |\n')).toBe('### Plan\n\n| Key |\n| --- |\n| `a` |')
  })

  // GitHub masks nothing of what its API is sent.
  test('holds no value, and hides one that Markdown breaks up', () => {
    expect(render('the scope fake-value', 'fake-value')).toBe('the scope ***')
    for (const text of ['fake\\_\\*value', 'fake&#95;&#42;value', 'fake<span>_*</span>value']) {
      // Some of these are forms of the value that are masked.
      expect(render(`the scope ${text}`, 'fake_*value')).toMatch(
        /^(?:the scope \*{3}|The plan is not shown here.*)$/,
      )
    }
  })
})

// GitHub refuses a longer comment, and the pull request would keep an old plan.
describe('a comment that is too long', () => {
  const rows = (count: number): string[] =>
    Array.from({ length: count }, (_, index) => `| \`key-${index}\` | created |`)

  function longTable(count: number): string {
    const small = '| Who | What |\n| --- | --- |\n| `a` | READ |'
    return `### Plan\n\n| Key | Plan |\n| --- | --- |\n${rows(count).join('\n')}\n\n${small}\n\nthe end`
  }

  test('loses as few rows of its longest table as it takes, and says how many', () => {
    const body = render(longTable(5_000))
    const length = body.length + marker.length + 1
    expect(length).toBeLessThanOrEqual(65_536)
    expect(length).toBeGreaterThan(65_536 - 100)
    const [, more = ''] = /\n\n… and (\d+) more: see the summary of the job\.\n\n/.exec(body) ?? []
    const kept = rows(5_000).slice(0, 5_000 - Number(more))
    expect(body).toContain(`${kept.join('\n')}\n\n…`)
    expect(body).toMatch(/\| `a` \| READ \|\n\nthe end$/)
  })

  test('with one row too many by a character loses what the note takes', () => {
    const fitting = `| Key |\n| --- |\n| ${'k'.repeat(65_536 - marker.length - 1 - 20)} |`
    expect(render(fitting) === fitting).toBe(true)
    expect(render(`${fitting}\n| x |`)).toBe('| Key |\n| --- |\n\n… and 2 more: see the summary of the job.')
  })

  test('without a table loses its end, and no half of a character is left', () => {
    for (const shift of ['', 'x']) {
      const body = render(shift + '😀'.repeat(40_000))
      expect(body.length + marker.length + 1).toBeLessThanOrEqual(65_536)
      expect(body).toMatch(/^x?(?:😀)+…$/u)
    }
  })
})

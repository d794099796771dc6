import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { describe, expect, jest, test } from '@jest/globals'

import { WorkspaceError } from '../../src/databricks/workspace-error.js'
import { commentMarker, renderComment } from '../../src/report/comment-body.js'
import { logReport } from '../../src/report/log.js'
import { COMMENT_LIMIT } from '../../src/report/markdown.js'
import { setOutputs } from '../../src/report/outputs.js'
import { makeReport } from '../../src/report/report.js'
import { renderReport } from '../../src/report/summary.js'
import { SyncError } from '../../src/stores/sync-error.js'
import type { Result, TargetResult } from '../../src/sync/result.js'
import { CONTEXT, keysThat, refusal, targetResult, WITH_CONFIG } from './made-up-run.js'

function run(targets: readonly TargetResult[], more: Partial<Result> = {}): Result {
  return { dryRun: false, targets, ...more }
}

function summaryOf(result: Result): string {
  return renderReport(makeReport(result, WITH_CONFIG), WITH_CONFIG)
}

/** The lines of the log, with the commands of the runner. */
function logOf(result: Result, context = WITH_CONFIG): string[] {
  const written: string[] = []
  const write = jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    written.push(String(text))
    return true
  })
  try {
    logReport(
      makeReport(result, context),
      { targets: [], unresolved: [], warnings: [], notices: [], uncovered: [] },
      640,
    )
  } finally {
    write.mockRestore()
  }
  return written.join('').split(/\r?\n/)
}

/** The summary without what is folded away. */
function unfolded(summary: string): string {
  return summary.replace(/<details>.*?<\/details>/gs, '')
}

/** A fragment of a summary from a heading to the next one, or to the first part that is folded away. */
function section(summary: string, name: string): string {
  const [, text = ''] =
    new RegExp(`\n#### (?:❌ )?\`${name}\`\n(.*?)(?=\n#### |$)`, 's').exec(unfolded(summary)) ?? []
  return text
}

test('the log and the summary count the verified values of all targets', () => {
  const verified = (result: TargetResult): TargetResult => ({
    ...result,
    target: { ...result.target, options: { ...result.target.options, verify: true } },
  })
  const other = targetResult('green', { keys: keysThat('created', 2) })
  const both = run([verified(WRITTEN), verified(other)])
  const one = run([verified(WRITTEN), other])
  expect(logOf(both)).toContain('Verified: 5 written values were read back and match.')
  expect(logOf(one)).toContain('Verified: 3 of 5 written values were read back and match.')
  expect(summaryOf(one)).toContain('Verified: 3 of 5 written values were read back and match.')
  expect(logOf(run([WRITTEN, other])).join()).not.toContain('Verified')
})

const WRITTEN = targetResult('blue', {
  keys: [...keysThat('created', 2), ...keysThat('updated', 1), ...keysThat('unchanged', 17)],
  permissions: [{ principal: 'analysts', permission: 'READ', outcome: 'set' }],
})
const QUIET = targetResult('quiet', {
  keys: keysThat('unchanged', 3),
  permissions: [{ principal: 'analysts', permission: 'READ', outcome: 'unchanged' }],
})
const FAILED = targetResult('red', {
  keys: [
    { key: 'blob', outcome: 'failed', error: refusal('Only here.') },
    { key: 'tls', outcome: 'failed', error: refusal('Everywhere.') },
  ],
})
const ALSO_FAILED = targetResult('also', {
  keys: [{ key: 'tls', outcome: 'failed', error: refusal('Everywhere.') }, ...keysThat('unchanged', 1)],
})
const MIXED = run([QUIET, WRITTEN, FAILED, ALSO_FAILED])

describe('the job summary of several targets', () => {
  test('starts with a line for each target, in the order of the inputs', () => {
    const summary = summaryOf(MIXED)
    expect(summary).toMatch(
      /^### ❌ Databricks secrets: 4 targets\n\n4 targets: 2 created, 1 updated, 21 unchanged, 3 failed, 1 permission set\. /,
    )
    expect(summary.split('\n').filter((line) => line.includes('| scope |'))).toEqual([
      '| `quiet` | scope |  |  | 3 |  |  | 1 unchanged |',
      '| `blue` | scope | 2 | 1 | 17 |  |  | 1 set |',
      '| ❌ `red` | scope |  |  |  |  | 2 |  |',
      '| ❌ `also` | scope |  |  | 1 |  | 1 |  |',
    ])
  })

  // Lost if this fails: a failure is found only by unfolding each target.
  test('has a section for each, failures first, and folds away what is unchanged', () => {
    const summary = summaryOf(MIXED)
    expect(unfolded(summary).match(/^#### .*$/gm)).toEqual(['#### ❌ `red`', '#### ❌ `also`', '#### `blue`'])
    expect(summary).toContain(
      '<details><summary><code>quiet</code>: 3 unchanged</summary>\n\n| Key | Result |',
    )
    expect(summary).toContain('<summary><code>quiet</code>: 1 permission unchanged</summary>')
    expect(section(summary, 'blue')).toContain('Scope: 2 created, 1 updated, 17 unchanged, 1 permission set')
    expect(section(summary, 'blue')).not.toContain('`unchanged-')
    expect(summary).toContain('<details><summary>17 keys left alone</summary>')
    expect(unfolded(summary)).not.toContain('quiet`:')
  })

  test('explains what failed alike in several targets once, and the rest in its section', () => {
    const summary = summaryOf(MIXED)
    expect(summary.match(/> \[!CAUTION\]/g)).toHaveLength(2)
    expect(summary.slice(0, summary.indexOf('| Target |'))).toContain(
      '> [!CAUTION]\n> **2 keys failed:** `red/tls`, `also/tls`\n>\n> The workspace refused the request (BAD_REQUEST, HTTP 400). It says: "Everywhere".',
    )
    expect(section(summary, 'red')).toMatch(/\*\*1 key failed:\*\* `blob`\n>\n> .*"Only here"/)
    expect(section(summary, 'red')).toContain('| `blob` | ❌ failed |\n| `tls` | ❌ failed (see above) |')
    expect(section(summary, 'also')).toContain('| `tls` | ❌ failed (see above) |')
  })

  // A failure of a key and one of a permission in one target are no failure of several targets.
  test('keeps a reason of keys and permissions of one target in its section', () => {
    const summary = summaryOf(
      run([
        WRITTEN,
        targetResult('red', {
          keys: [{ key: 'blob', outcome: 'failed', error: refusal('No.') }],
          permissions: [
            { principal: 'analysts', permission: 'READ', outcome: 'failed', error: refusal('No.') },
          ],
        }),
      ]),
    )
    expect(summary.slice(0, summary.indexOf('| Target |'))).not.toContain('CAUTION')
    expect(section(summary, 'red').match(/CAUTION/g)).toHaveLength(2)
  })

  test('shows a warning of several targets once, and that of one in its section', () => {
    const stale = (name: string, key: string) =>
      targetResult(name, { keys: keysThat('unchanged', 1), ages: { [key]: 100 }, maxAgeDays: 90 })
    const result = run([stale('a', 'x'), stale('b', 'x'), stale('c', 'y')])
    const summary = summaryOf(result)
    expect(summary.match(/> \[!WARNING\]/g)).toHaveLength(2)
    expect(summary).toContain('> [!WARNING]\n> **2 targets:** `a`, `b`\n>\n> 1 key was last updated')
    expect(section(summary, 'c')).toContain('[!WARNING]')
    expect(logOf(result).filter((line) => line.startsWith('::warning::'))).toEqual([
      expect.stringMatching(/^::warning::a, b: 1 key was last updated .*: x \(100 days\)\. /),
      expect.stringMatching(/^::warning::c: 1 key was last updated .*: y \(100 days\)\. /),
    ])
  })
})

describe('a run of several targets that stops', () => {
  test('at signing in says so once, and has nothing to say about targets', () => {
    const targets = ['a', 'b'].map((name) => ({ ...targetResult(name, {}), plan: undefined }))
    const result = run(targets, { stoppedBy: new WorkspaceError('unreachable', {}) })
    const summary = summaryOf(result)
    expect(summary.match(/CAUTION/g)).toHaveLength(1)
    expect(summary).not.toMatch(/\| Target \||####/)
    const log = logOf(result)
    expect(log.filter((line) => line.startsWith('::error::'))).toEqual([
      expect.stringMatching(/^::error::No connection to https:\/\/workspace\.example could be made\. /),
    ])
    expect(log).toContain('2 targets: stopped before anything was written (640 ms).')
  })

  test('for the same reason in all targets says it once', () => {
    const lost = (name: string, tries: number) =>
      targetResult(name, { stoppedBy: new WorkspaceError('timeout', { tries, triedMs: tries * 1_000 }) })
    const result = run([lost('a', 3), lost('b', 5)])
    const summary = summaryOf(result)
    expect(summary).toContain(
      '> **2 targets stopped:** `a`, `b`\n>\n> https\\://workspace.example did not answer',
    )
    expect(summary.match(/CAUTION/g)).toHaveLength(1)
    expect(summary).not.toContain('####')
    expect(logOf(result).filter((line) => line.startsWith('::error::'))).toEqual([
      expect.stringMatching(
        /^::error::a, b: https:\/\/workspace\.example did not answer in time\. .*up to 5 times/,
      ),
    ])
  })

  // Lost if this fails: targets that were only planned look as if they had been written.
  test('because one plan is refused names the targets that were not started', () => {
    const refused = new SyncError('prune', '14 keys of the scope are not in the map.')
    const result = run([
      targetResult('a', { planned: ['x'] }),
      targetResult('b', { stoppedBy: refused }),
      targetResult('c', { planned: ['x'] }),
    ])
    const summary = summaryOf(result)
    const sentence = 'Not started: a, c. Nothing was written, because b stopped.'
    expect(summary).toContain(`\n\n${sentence}\n\n`)
    expect(summary).toContain(
      '| `a` | scope |  |  |  |  | not started |\n| ❌ `b` | scope |  |  |  |  | stopped |',
    )
    expect(section(summary, 'b')).toContain('> 14 keys of the scope are not in the map.')
    expect(summary.match(/^####/gm)).toHaveLength(1)
    const log = logOf(result)
    expect(log).toContain(sentence)
    expect(log).toContain('3 targets: stopped before anything was written (640 ms).')
    expect(log.join('\n')).toMatch(/^::error::b: 14 keys of the scope/m)
  })

  test('in one target and goes on in the others counts it', () => {
    const result = run([WRITTEN, targetResult('b', { stoppedBy: refusal('No scope for you.') })])
    expect(logOf(result)).toContain(
      '2 targets, 1 stopped: 2 created, 1 updated, 17 unchanged, 1 permission set (640 ms).',
    )
  })
})

describe('the log of several targets', () => {
  test('has a block for each, in the order of the summary, and folds away what is unchanged', () => {
    const log = logOf(MIXED)
    expect(log.filter((line) => /^(?:::group::)?Scope /.test(line))).toEqual([
      'Scope red: 2 failed',
      'Scope also: 1 unchanged, 1 failed',
      'Scope blue: 2 created, 1 updated, 17 unchanged, 1 permission set',
      '::group::Scope quiet: 3 unchanged',
    ])
    expect(log.filter((line) => line === '::endgroup::')).toHaveLength(2)
    expect(log.join('\n')).toContain(
      '  created    created-0\n  created    created-1\n  updated    updated-0\n::group::17 keys left alone\n  unchanged  unchanged-0\n',
    )
  })

  test('names the target in each annotation', () => {
    expect(logOf(MIXED).filter((line) => line.startsWith('::error::'))).toEqual([
      expect.stringMatching(/^::error::red\/tls, also\/tls: .*"Everywhere"/),
      expect.stringMatching(/^::error::red\/blob: .*"Only here"/),
    ])
    const refused = {
      principal: 'analysts',
      permission: 'READ',
      outcome: 'failed',
      error: refusal('No.'),
    } as const
    expect(logOf(run([WRITTEN, targetResult('red', { permissions: [refused] })])).join('\n')).toMatch(
      /^::error::Permission of analysts on red: The workspace/m,
    )
  })
})

describe('the outputs', () => {
  /** The outputs, as a later step reads them. */
  function outputsOf(result: Result, context = WITH_CONFIG): Record<string, string> {
    const folder = mkdtempSync(path.join(tmpdir(), 'outputs-'))
    const file = path.join(folder, 'output')
    const before = process.env['GITHUB_OUTPUT']
    writeFileSync(file, '')
    process.env['GITHUB_OUTPUT'] = file
    try {
      expect(setOutputs(result, makeReport(result, context), () => undefined)).toBe(true)
      const pairs = readFileSync(file, 'utf8').matchAll(/^(\S+)<<(\S+)\r?\n(.*)\r?\n\2$/gm)
      return Object.fromEntries([...pairs].map(([, name = '', , value = '']) => [name, value]))
    } finally {
      if (before === undefined) delete process.env['GITHUB_OUTPUT']
      else process.env['GITHUB_OUTPUT'] = before
      rmSync(folder, { recursive: true })
    }
  }

  // A script that splits at the slash must not break when the file has one target only.
  test('name keys with their target if there is a config file, with one target too', () => {
    expect(outputsOf(MIXED)).toMatchObject({
      created: '["blue/created-0","blue/created-1"]',
      failed: '["red/blob","red/tls","also/tls"]',
      changed: 'true',
    })
    const one = run([targetResult('a', { keys: keysThat('created', 1), ages: { old: 100 }, maxAgeDays: 90 })])
    expect(outputsOf(one)).toMatchObject({ created: '["a/created-0"]', stale: '["a/old"]' })
    expect(outputsOf(one, CONTEXT)).toMatchObject({ created: '["created-0"]', stale: '["old"]' })
  })
})

describe('fifty targets of twenty keys with long names', () => {
  const name = (index: number): string => `team-${String(index).padStart(2, '0')}-${'t'.repeat(120)}`
  const key = (index: number): string => `${'k'.repeat(120)}-${index}`
  const targets = (keysOf: (target: number) => TargetResult['keys']): TargetResult[] =>
    Array.from({ length: 50 }, (_, target) => targetResult(name(target), { keys: keysOf(target) }))
  const twenty = Array.from({ length: 20 }, (_, index) => index)
  const allFail = run(
    targets((target) =>
      twenty.map((index) => ({
        key: key(index),
        outcome: 'failed',
        error: refusal(`${target}-${index} ${'$@#'.repeat(200)}`),
      })),
    ),
  )

  // The runner drops a summary over 1 MiB whole.
  test('that all fail for other long reasons fit into the job summary', () => {
    const summary = summaryOf(allFail)
    expect(Buffer.byteLength(summary)).toBeLessThan(1_048_576)
    for (let target = 0; target < 50; target++) {
      expect(summary).toContain(`\n| ❌ \`${name(target)}\` | scope |  |  |  |  | 20 |`)
      expect(summary).toContain(`\n#### ❌ \`${name(target)}\``)
    }
    expect(summary).toContain('50 targets: 1,000 failed.')
  })

  test('that all fail have ten annotations, and the log has the rest', () => {
    const log = logOf(allFail)
    const errors = log.filter((line) => line.startsWith('::error::'))
    expect(errors).toHaveLength(10)
    expect(errors[9]).toMatch(/%0A… and 990 more errors: see the log\.$/)
    expect(log.filter((line) => line.startsWith('\u001B[31mError:\u001B[0m team-'))).toHaveLength(990)
  })

  test('that all have a warning of their own have ten annotations', () => {
    const stale = Array.from({ length: 50 }, (_, target) =>
      targetResult(name(target), { ages: { [key(target)]: 100 }, maxAgeDays: 90 }),
    )
    const log = logOf(run(stale))
    const warnings = log.filter((line) => line.startsWith('::warning::'))
    expect(warnings).toHaveLength(10)
    expect(warnings[9]).toMatch(/%0A… and 40 more warnings: see the log\.$/)
    expect(log.filter((line) => line.startsWith('\u001B[33mWarning:\u001B[0m team-'))).toHaveLength(40)
  })

  // GitHub refuses a longer comment, and the pull request would keep an old plan.
  test('that all change fit into a comment, which keeps the line of each target and says what is left out', () => {
    const result = run(
      targets(() =>
        twenty.map((index) => ({ key: key(index), outcome: index < 5 ? 'created' : 'unchanged' })),
      ),
      { dryRun: true },
    )
    const markdown = renderReport(makeReport(result, WITH_CONFIG), WITH_CONFIG, COMMENT_LIMIT)
    const comment = renderComment(commentMarker(['config.yml']), markdown, WITH_CONFIG.redactor)
    expect(comment.length).toBeLessThanOrEqual(65_536)
    // Nothing is cut after that.
    expect(comment.endsWith(markdown)).toBe(true)
    expect(comment).toContain('### 📋 Databricks secrets: 50 targets (dry run)')
    expect(comment).toContain('Nothing was written. 50 targets: 250 to create, 750 unchanged.')
    for (let target = 0; target < 50; target++) {
      expect(comment).toContain(`\n| \`${name(target)}\` | scope | 5 |  | 15 |  |  |`)
      expect(comment).toContain(`\n#### \`${name(target)}\``)
    }
    expect(comment).toMatch(/\n\n… and \d+ more: see the summary of the job\.\n/)
    expect(comment.split('<details>')).toHaveLength(comment.split('</details>').length)
  })

  test('that are all unchanged are one table and folded sections', () => {
    const summary = summaryOf(run(targets(() => keysThat('unchanged', 20))))
    expect(unfolded(summary)).not.toMatch(/####|\| Key \|/)
    expect(unfolded(summary).match(/^\| `team-/gm)).toHaveLength(50)
    expect(summary.match(/<details>/g)).toHaveLength(50)
    expect(summary).toContain('50 targets: 1,000 unchanged.')
  })
})

describe('one target', () => {
  test.each([
    [19, 0],
    [20, 1],
  ])('with %d unchanged keys has %d folded groups, in the log and in the summary', (number, groups) => {
    const result = run([
      targetResult('one', { keys: [...keysThat('unchanged', number), ...keysThat('created', 1)] }),
    ])
    const log = logOf(result, CONTEXT)
    expect(log.filter((line) => line.startsWith('::group::'))).toEqual(
      groups === 0 ? [] : ['::group::20 keys left alone'],
    )
    expect(log.filter((line) => line.startsWith('  unchanged  '))).toHaveLength(number)
    expect(log.indexOf('  created    created-0')).toBeLessThan(log.indexOf('  unchanged  unchanged-0'))
    const summary = renderReport(makeReport(result, CONTEXT), CONTEXT)
    expect(summary.match(/keys left alone/g) ?? []).toHaveLength(groups)
    expect(summary).toContain('| `unchanged-0` | unchanged |')
  })

  // A mask is found only where no colour interrupts it.
  test('has colours around fixed words only', () => {
    const failed = {
      principal: 'failed',
      permission: 'READ',
      outcome: 'failed',
      error: refusal('No.'),
    } as const
    const log = logOf(
      run([
        targetResult('failed', {
          keys: [
            { key: 'failed-key', outcome: 'failed', error: refusal('No.') },
            { key: 'stale-key', outcome: 'unchanged' },
          ],
          permissions: [failed],
          ages: { 'stale-key': 100 },
          maxAgeDays: 90,
        }),
      ]),
      CONTEXT,
    )
    expect(log.filter((line) => line.includes('\u001B['))).toEqual([
      '  \u001B[31mfailed\u001B[0m     failed-key',
      '  unchanged  stale-key  (100 days old, \u001B[33mstale\u001B[0m)',
      '  \u001B[31mfailed\u001B[0m  failed: READ',
    ])
  })
})

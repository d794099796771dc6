import { execFileSync } from 'node:child_process'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

import { describe, expect, test } from '@jest/globals'

import { readRetryAfter } from '../../../src/databricks/http/retry-after.js'
import { RUN_TYPESCRIPT } from '../../runner/run-typescript.js'

const NOW = Date.parse('Tue, 24 Nov 2026 12:00:00 GMT')

// Misread, it makes a run wait for an hour, or retry too early.
describe('Retry-After', () => {
  test.each<[Record<string, string>, number | undefined]>([
    [{}, undefined],
    [{ 'retry-after': '3' }, 3_000],
    [{ 'retry-after': '0' }, 0],
    [{ 'retry-after': '86400' }, 60_000],
    [{ 'retry-after': 'Tue, 24 Nov 2026 12:00:05 GMT' }, 5_000],
    [{ 'retry-after': 'Tuesday, 24-Nov-26 12:00:05 GMT' }, 5_000],
    [{ 'retry-after': 'Tue Nov 24 12:00:05 2026' }, 5_000],
    [{ 'retry-after': 'Tue, 24 Nov 2026 11:00:00 GMT' }, 0],
    [{ 'retry-after': 'Tue, 24 Nov 2027 12:00:00 GMT' }, 60_000],
    // The server's clock is an hour ahead.
    [{ 'retry-after': 'Tue, 24 Nov 2026 13:00:05 GMT', date: 'Tue, 24 Nov 2026 13:00:00 GMT' }, 5_000],
    [{ 'retry-after': '' }, undefined],
    [{ 'retry-after': '-1' }, undefined],
    [{ 'retry-after': '1.5' }, undefined],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'retry-after': '99999999999999999999' }, 60_000],
  ])('of %j is %p ms', (headers, ms) => {
    expect(readRetryAfter(headers, NOW)).toBe(ms)
  })

  // The oldest date format has no time zone.
  test('with a date is in UTC, in any time zone of the runner', () => {
    const source = pathToFileURL(path.resolve('src/databricks/http/retry-after.ts')).href
    const code = `import { readRetryAfter } from '${source}'
      console.log(readRetryAfter({ 'retry-after': 'Tue Nov 24 12:00:05 2026' }, ${NOW}))`
    const args = [...RUN_TYPESCRIPT, '--input-type=module', '-e', code]
    const output = execFileSync(process.execPath, args, { env: { ...process.env, TZ: 'Asia/Tokyo' } })
    expect(output.toString().trim()).toBe('5000')
  })
})

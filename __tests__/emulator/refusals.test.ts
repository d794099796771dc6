/** Errors in each format that clients get. */
import { expect, test } from '@jest/globals'
import { before } from '../../emulator/interceptors.js'
import { refusal, REFUSAL_SHAPES, type RefusalOptions } from '../../emulator/refusals.js'
import { outcomeOf, type Outcome } from './outcome.js'
import { start } from './wire.js'

async function seen(status: number, options?: RefusalOptions): Promise<Outcome> {
  const workspace = await start()
  workspace.intercept(before(refusal(status, options)))
  return await outcomeOf(workspace.url)
}

// Otherwise no test would find a client that reads only the newest format.
test.each([
  ['word', 'application/json', '{"error_code":"TEMPORARILY_UNAVAILABLE","message":"Later"}'],
  ['number', 'application/json', '{"error_code":503,"message":"Later"}'],
  ['coded text', 'text/plain; charset=utf-8', 'TEMPORARILY_UNAVAILABLE: Later'],
  ['html', 'text/html; charset=utf-8', '<html><body><pre>Later</pre></body></html>'],
  ['text', 'text/plain; charset=utf-8', 'Later'],
] as const)('an error as %s', async (shape, type, body) => {
  const outcome = await seen(503, { shape, message: 'Later' })
  expect(outcome).toMatchObject({ status: 503, body, failure: undefined })
  expect(outcome.headers['content-type']).toBe(type)
  expect(outcome.headers['retry-after']).toBeUndefined()
  // Only responses of Databricks have a request id.
  expect(outcome.headers['x-request-id'] !== undefined).toBe(type === 'application/json')
})

// Otherwise Retry-After could be tested in only one format.
test.each([
  [3, '3'],
  [new Date(Date.UTC(2026, 0, 31, 12, 0, 5, 999)), 'Sat, 31 Jan 2026 12:00:05 GMT'],
  ['soon', 'soon'],
])('each format can have Retry-After: %j', async (retryAfter, header) => {
  for (const shape of REFUSAL_SHAPES) {
    expect((await seen(429, { shape, retryAfter })).headers['retry-after']).toBe(header)
  }
})

test('a code and a message replace those of the status', async () => {
  expect((await seen(429)).body).toBe('{"error_code":"REQUEST_LIMIT_EXCEEDED","message":"Too Many Requests"}')
  expect((await seen(429, { code: 'RESOURCE_EXHAUSTED', message: 'Slow' })).body).toBe(
    '{"error_code":"RESOURCE_EXHAUSTED","message":"Slow"}',
  )
  expect((await seen(502, { shape: 'text' })).body).toBe('Bad Gateway')
  expect(await seen(599)).toMatchObject({
    status: 599,
    body: '{"error_code":"INTERNAL_ERROR","message":"Unknown"}',
  })
})

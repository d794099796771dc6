/** Invalid responses, which must not count as success. */
import { expect, test } from '@jest/globals'
import { before } from '../../emulator/interceptors.js'
import { json, loginPage, redirect, type Reply } from '../../emulator/reply.js'
import { padded, REDIRECT_STATUSES, retyped, STRANGE_ANSWERS } from '../../emulator/strange-answers.js'
import { outcomeOf, type Outcome } from './outcome.js'
import { start } from './wire.js'

async function seen(reply: Reply): Promise<Outcome> {
  const workspace = await start()
  workspace.intercept(before(reply))
  return await outcomeOf(workspace.url)
}

// Otherwise an "invalid" response of a test could be a valid JSON object.
test.each(Object.entries<Reply>(STRANGE_ANSWERS))('%s comes whole, with status 200', async (name, reply) => {
  const outcome = await seen(reply)
  expect(outcome).toMatchObject({ status: 200, failure: undefined, body: reply.body.toString() })
  const parsed = ((): unknown => {
    try {
      return JSON.parse(outcome.body)
    } catch {
      return 'nothing'
    }
  })()
  const isObject = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
  expect(isObject).toBe(['bytes that are no UTF-8', 'fields of other types'].includes(name))
})

test('a response can be valid but too long', async () => {
  const { body, headers } = await seen(padded(5_000_000))
  expect(body).toHaveLength(5_000_000)
  expect(headers['content-length']).toBe('5000000')
  expect(JSON.parse(body)).toEqual({})
})

test('the content type can be another one or missing', async () => {
  expect((await seen(retyped(json(200, {}), 'text/html'))).headers['content-type']).toBe('text/html')
  const { headers, body } = await seen(retyped(json(200, {}), undefined))
  expect(headers).not.toHaveProperty('content-type')
  expect(headers).toHaveProperty('x-request-id')
  expect(body).toBe('{}')
})

test.each(
  REDIRECT_STATUSES.flatMap((status) => [
    { status, location: '/login.html' },
    { status, location: 'https://elsewhere.invalid/api/2.0/secrets/put' },
  ]),
)('a redirect: $status to $location', async ({ status, location }) => {
  const outcome = await seen(redirect(location, status))
  expect(outcome).toMatchObject({ status, body: '', failure: undefined })
  expect(outcome.headers.location).toBe(location)
})

test('the login page has status 200', async () => {
  expect(await seen(loginPage())).toMatchObject({ status: 200, body: expect.stringContaining('Sign in') })
})

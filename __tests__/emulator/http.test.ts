import { expect, test } from '@jest/globals'
import { authorization, getting, send, start } from './wire.js'

const LIST = '/api/2.0/secrets/scopes/list'
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/

test.each([LIST, '/api/2.0/secrets/nope'])('every JSON answer can be traced: %s', async (path) => {
  const { headers } = await send(await start(), path, { headers: authorization('ada') })
  expect(headers.get('content-type')).toBe('application/json')
  expect(headers.get('server')).toBe('databricks')
  expect(headers.get('x-request-id')).toMatch(UUID)
})

test.each([
  [undefined],
  ['Basic dG9rZW46ZmFrZS10b2tlbi1vZi1hZGE='],
  ['Bearer'],
  ['fake-token-of-ada'],
  ['Bearer fake-token-of-ada twice'],
])('without a bearer token, 401 with a number as the code: %s', async (value) => {
  const headers: Record<string, string> = value === undefined ? {} : { authorization: value }
  expect(await send(await start(), LIST, { headers })).toMatchObject({
    status: 401,
    body: {
      error_code: 401,
      message: 'Credential was not sent or was of an unsupported type for this API.',
    },
  })
})

test('with a wrong token, 403 with a number as the code', async () => {
  expect(await getting(await start(), 'nobody')('secrets/scopes/list')).toMatchObject({
    status: 403,
    body: { error_code: 403, message: 'Invalid access token.' },
  })
})

test('the word Bearer is case-insensitive', async () => {
  const headers = { authorization: 'bearer fake-token-of-ada' }
  expect((await send(await start(), LIST, { headers })).status).toBe(200)
})

test('a workspace with other identities does not know the default ones', async () => {
  const workspace = await start({ identities: [{ token: 'fake-token-of-eve', name: 'eve@example.com' }] })
  expect((await getting(workspace, 'eve')('secrets/scopes/list')).status).toBe(200)
  expect((await getting(workspace)('secrets/scopes/list')).status).toBe(403)
})

test.each([
  ['POST', '/api/2.0/secrets/nope', 'POST /secrets/nope'],
  ['GET', '/api/2.0/secrets/put', 'GET /secrets/put'],
  ['POST', '/api/2.0/secrets/list?scope=s', 'POST /secrets/list'],
  ['PUT', '/api/2.0/secrets/put', 'PUT /secrets/put'],
  ['GET', '/api/2.1/secrets/scopes/list', 'GET /secrets/scopes/list'],
  ['GET', '/api/2.0/secrets/scopes/list/', 'GET /secrets/scopes/list/'],
])('there is no API for %s %s', async (method, path, named) => {
  expect(await send(await start(), path, { method, headers: authorization('ada') })).toMatchObject({
    status: 404,
    body: { error_code: 'ENDPOINT_NOT_FOUND', message: `No API found for '${named}'` },
  })
})

test.each(['/', '/secrets/put', '/?o=123'])('%s is for browsers, which have to sign in', async (path) => {
  const workspace = await start()
  const answer = await send(workspace, path, { headers: authorization('ada') })
  expect(answer.status).toBe(303)
  expect(answer.headers.get('location')).toBe('/login.html')
  const followed = await send(workspace, path, { redirect: 'follow' })
  expect(followed).toMatchObject({
    status: 200,
    body: expect.stringContaining('<h1>Sign in to Databricks</h1>'),
  })
})

test('it has no metadata of newer hosts, and returns no login page instead', async () => {
  expect((await send(await start(), '/.well-known/databricks-config')).status).toBe(404)
})

test.each([[{}], [{ 'x-databricks-workspace-id': '7' }]])(
  'a host of several workspaces shows its login page to a request for none or another: %j',
  async (header) => {
    const workspace = await start({ workspaceId: '42', requireWorkspaceId: true })
    const headers = { ...authorization('ada'), ...header }
    expect((await send(workspace, LIST, { headers })).status).toBe(303)
    const followed = await send(workspace, LIST, { headers, redirect: 'follow' })
    expect(followed.headers.get('content-type')).toContain('text/html')
    const right = { ...authorization('ada'), 'x-databricks-workspace-id': '42' }
    expect((await send(workspace, LIST, { headers: right })).body).toEqual({})
  },
)

test('a host of one workspace does not require its id', async () => {
  expect((await getting(await start({ workspaceId: '42' }))('secrets/scopes/list')).status).toBe(200)
})

test('it listens only on 127.0.0.1, so that no other machine can read the demo', async () => {
  const workspace = await start()
  expect(workspace.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  await expect(fetch(workspace.url.replace('127.0.0.1', '127.0.0.2'))).rejects.toThrow()
})

test('a port in use is an error', async () => {
  const { port } = new URL((await start()).url)
  await expect(start({ port: Number(port) })).rejects.toThrow('EADDRINUSE')
})

test('responses have the set latency', async () => {
  const workspace = await start({ latencyMs: 40 })
  const before = performance.now()
  await getting(workspace)('secrets/scopes/list')
  // By another clock, a timer may fire a millisecond early. It may be late.
  expect(performance.now() - before).toBeGreaterThan(38)
})

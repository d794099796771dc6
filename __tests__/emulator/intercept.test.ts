import { expect, test } from '@jest/globals'
import { cutShort, hangUp, neverAnswer } from '../../emulator/faults.js'
import { apiError, html, json, loginPage, redirect, text } from '../../emulator/reply.js'
import { EmulatedWorkspace } from '../../emulator/workspace.js'
import { authorization, getting, posting, send, signal, start } from './wire.js'

const PUT = { scope: 's', key: 'k', string_value: 'v' }

test('an interceptor replaces the response until it is removed', async () => {
  const workspace = await start()
  workspace.store.createScope('s')
  const remove = workspace.intercept(({ path }) =>
    path.endsWith('/put')
      ? apiError(429, 'REQUEST_LIMIT_EXCEEDED', 'Slow down', { 'retry-after': '1' })
      : undefined,
  )
  const throttled = await posting(workspace)('secrets/put', PUT)
  expect(throttled).toMatchObject({ status: 429, body: { error_code: 'REQUEST_LIMIT_EXCEEDED' } })
  expect(throttled.headers.get('retry-after')).toBe('1')
  expect(workspace.store.scope('s').secrets).toEqual([])
  expect(workspace.requests.all[0]).toMatchObject({ status: 429, errorCode: 'REQUEST_LIMIT_EXCEEDED' })
  expect((await getting(workspace)('secrets/list', { scope: 's' })).status).toBe(200)
  remove()
  expect((await posting(workspace)('secrets/put', PUT)).status).toBe(200)
})

test('a gateway can respond with HTML or plain text, without the headers of Databricks', async () => {
  const workspace = await start()
  workspace.intercept(({ path }) =>
    path === '/html' ? html(502, '<pre>Bad</pre>') : text(503, 'CODE: gone'),
  )
  const page = await send(workspace, '/html')
  expect(page).toMatchObject({ status: 502, body: '<pre>Bad</pre>' })
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(page.headers.get('x-request-id')).toBeNull()
  expect(await send(workspace, '/text')).toMatchObject({ status: 503, body: 'CODE: gone' })
  expect(workspace.requests.all.map(({ errorCode }) => errorCode)).toEqual([undefined, undefined])
})

test('a response can be a redirect or the login page', async () => {
  const workspace = await start()
  workspace.intercept(({ path }) => (path === '/there' ? loginPage() : redirect('/there', 302)))
  const sent = await send(workspace, '/here')
  expect([sent.status, sent.headers.get('location')]).toEqual([302, '/there'])
  expect((await send(workspace, '/there')).body).toContain('Sign in to Databricks')
})

test('after a lost connection there is no response and no effect', async () => {
  const workspace = await start()
  workspace.store.createScope('s')
  workspace.intercept(() => hangUp)
  await expect(posting(workspace)('secrets/put', PUT)).rejects.toThrow('fetch failed')
  expect(workspace.store.scope('s').secrets).toEqual([])
  expect(workspace.requests.all[0]?.status).toBeUndefined()
})

test('a response can be lost after its call took effect, so a client must be able to retry it', async () => {
  const workspace = await start()
  workspace.store.createScope('s')
  workspace.intercept((_, perform) => {
    expect(perform()).toMatchObject({ status: 200, body: '{}' })
    expect(perform()).toBe(perform())
    return hangUp
  })
  await expect(posting(workspace)('secrets/put', PUT)).rejects.toThrow('fetch failed')
  expect(workspace.store.scope('s').secret('k')?.value.toString()).toBe('v')
})

test('a call that an interceptor has performed is not performed twice', async () => {
  const workspace = await start()
  workspace.intercept((_, perform) => {
    perform()
    return undefined
  })
  expect((await posting(workspace)('secrets/scopes/create', { scope: 's' })).status).toBe(200)
})

test('a response can be incomplete', async () => {
  const workspace = await start()
  const reply = json(200, { secrets: [] })
  workspace.intercept(() => cutShort(reply, 5))
  const response = await fetch(workspace.url)
  expect(response.status).toBe(200)
  await expect(response.text()).rejects.toThrow('terminated')
  expect(workspace.requests.all[0]?.status).toBe(200)
  expect(() => cutShort(reply, reply.body.length)).toThrow(RangeError)
})

test('a request without a response does not prevent the workspace from closing', async () => {
  const workspace = await EmulatedWorkspace.start()
  const arrived = signal()
  workspace.intercept(() => {
    arrived.give()
    return neverAnswer
  })
  const lost = expect(send(workspace, '/')).rejects.toThrow('fetch failed')
  await arrived.given
  await workspace.close()
  await lost
  expect(workspace.requests.all[0]?.status).toBeUndefined()
})

test('a fault gets the raw response', async () => {
  const workspace = await start()
  workspace.intercept(() => (response) => {
    response.writeHead(418).end('short and stout')
  })
  expect(await send(workspace, '/')).toMatchObject({ status: 418, body: 'short and stout' })
})

test('the state can change between two calls, as if another job changed it', async () => {
  const workspace = await start()
  workspace.intercept(({ path }) => {
    if (path.endsWith('/create')) workspace.store.createScope('s')
    return undefined
  })
  expect((await getting(workspace)('secrets/scopes/list')).body).toEqual({})
  expect((await posting(workspace)('secrets/scopes/create', { scope: 's' })).body).toMatchObject({
    error_code: 'RESOURCE_ALREADY_EXISTS',
  })
})

test('the interceptor gets the complete request, and the workspace still responds', async () => {
  const workspace = await start()
  workspace.store.createScope('s')
  let seen: unknown
  workspace.intercept(({ body }) => {
    seen = body
    return undefined
  })
  await posting(workspace)('secrets/put', PUT)
  expect(seen).toEqual(PUT)
  expect(workspace.store.scope('s').secret('k')).toBeDefined()
})

test('the first response of several interceptors is used', async () => {
  const workspace = await start()
  workspace.intercept(() => undefined)
  workspace.intercept(() => Promise.resolve(text(200, 'second')))
  workspace.intercept(() => text(200, 'third'))
  expect((await send(workspace, '/')).body).toBe('second')
})

test.each([
  ['an interceptor', () => Promise.reject(new Error('mine'))],
  [
    'a fault',
    () => () => {
      throw new Error('mine')
    },
  ],
])('what %s throws is rethrown at the end, so that the test fails', async (_, interceptor) => {
  const workspace = await EmulatedWorkspace.start()
  workspace.intercept(interceptor)
  expect(await send(workspace, '/', { headers: authorization('ada') })).toMatchObject({ status: 500 })
  await expect(workspace.close()).rejects.toMatchObject({ errors: [new Error('mine')] })
})

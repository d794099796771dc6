import { expect, test } from '@jest/globals'
import { RequestLog, type RequestRecord } from '../../emulator/request-log.js'
import { getting, posting, send, signal, start } from './wire.js'

test('a request is stored with its response', async () => {
  const workspace = await start()
  const body = '{ "scope": "s", "key": "k", "string_value": "v" }'
  await posting(workspace)('secrets/put', body)
  await getting(workspace)('secrets/list', { scope: 'a b' })
  const [put, list] = workspace.requests.all
  expect(put).toMatchObject({
    method: 'POST',
    path: '/api/2.0/secrets/put',
    headers: { authorization: 'Bearer fake-token-of-ada' },
    rawBody: Buffer.from(body),
    body: { scope: 's', key: 'k', string_value: 'v' },
    status: 404,
    errorCode: 'RESOURCE_DOES_NOT_EXIST',
  })
  expect(list?.query.get('scope')).toBe('a b')
  expect(list?.body).toBeUndefined()
})

test('a number as the error code is stored as a number, and a success has none', async () => {
  const workspace = await start()
  await getting(workspace, 'nobody')('secrets/scopes/list')
  await getting(workspace)('secrets/scopes/list')
  const answered = workspace.requests.all.map(({ status, errorCode }) => [status, errorCode])
  expect(answered).toEqual([
    [403, 403],
    [200, undefined],
  ])
})

test('the requests of one API call can be selected', async () => {
  const workspace = await start()
  await getting(workspace)('secrets/scopes/list')
  await getting(workspace)('secrets/list', { scope: 's' })
  expect(workspace.requests.to('secrets/list')).toEqual([workspace.requests.all[1]])
})

test('the requests to one path can be selected, with any query', async () => {
  const workspace = await start()
  await send(workspace, '/there?a=1')
  await send(workspace, '/there/else')
  expect(workspace.requests.at('/there')).toEqual([workspace.requests.all[0]])
})

test('sequential requests do not overlap', async () => {
  const workspace = await start()
  for (let n = 0; n < 5; n++) await getting(workspace)('secrets/scopes/list')
  expect(workspace.requests.maxInFlight()).toBe(1)
  const [first, second] = workspace.requests.all
  expect(first?.endedAt).toBeLessThan(second?.startedAt ?? NaN)
})

test('a request ends before its response is written, so that the next one does not seem to overlap it', async () => {
  const workspace = await start()
  let endedWhenWritten: number | undefined
  workspace.intercept((request) => ({
    status: 200,
    body: '',
    get headers() {
      endedWhenWritten = request.endedAt
      return {}
    },
  }))
  await send(workspace, '/')
  expect(endedWhenWritten).toBeGreaterThan(workspace.requests.all[0]?.startedAt ?? NaN)
  expect(workspace.requests.all[0]?.endedAt).toBe(endedWhenWritten)
})

test('only the first end of a request counts: its connection may close much later', () => {
  const log = new RequestLog()
  const query = new URLSearchParams()
  const request = log.start({ method: 'GET', path: '/', query, headers: {}, connection: 1 })
  log.end(request)
  const { endedAt } = request
  log.end(request)
  expect(request.endedAt).toBe(endedAt)
})

test('requests that wait for each other overlap', async () => {
  const workspace = await start()
  const third = signal()
  workspace.intercept(async () => {
    if (workspace.requests.all.length === 3) third.give()
    await third.given
    expect(workspace.requests.maxInFlight()).toBe(3)
    return undefined
  })
  const [list, get] = [getting(workspace), getting(workspace)]
  await Promise.all([list('secrets/scopes/list'), list('secrets/scopes/list'), get('secrets/get')])
  expect(workspace.requests.maxInFlight()).toBe(3)
  expect(workspace.requests.maxInFlight(workspace.requests.to('secrets/scopes/list'))).toBe(2)
  const last = workspace.requests.all[2]
  expect(last?.startedAt).toBeLessThan(workspace.requests.all[0]?.endedAt ?? NaN)
})

test('a reset removes all requests, and numbering continues', async () => {
  const workspace = await start()
  expect(workspace.requests.maxInFlight()).toBe(0)
  await getting(workspace)('secrets/scopes/list')
  const ended = workspace.requests.all[0]?.endedAt ?? NaN
  workspace.requests.reset()
  expect(workspace.requests.all).toEqual([])
  await send(workspace, '/')
  expect(workspace.requests.all.map(({ path }) => path)).toEqual(['/'])
  expect(workspace.requests.all[0]?.startedAt).toBeGreaterThan(ended)
})

test('the end of each request is reported once, with its status', async () => {
  const ended: RequestRecord[] = []
  const second = signal()
  const workspace = await start({
    onRequestEnd: (request) => {
      if (ended.push(request) === 2) second.give()
    },
  })
  await send(workspace, '/login.html')
  await send(workspace, '/')
  await second.given
  expect(ended.map(({ path, status }) => [path, status])).toEqual([
    ['/login.html', 200],
    ['/', 303],
  ])
})

import { createServer, request, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { Recorder } from '../../contract/recorder.js'
import type { Exchange } from '../../emulator/transcript.js'
import { signal } from '../emulator/wire.js'

/** A request that the workspace received. */
interface Got {
  readonly method: string | undefined
  readonly url: string | undefined
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

let got: Got[]
let exchanges: Exchange[]
let answer: RequestListener
let server: Server
let recorder: Recorder
let mayLeave: boolean

beforeEach(async () => {
  got = []
  exchanges = []
  mayLeave = true
  answer = (_, response) => response.end('{}')
  server = createServer((incoming, response) => {
    const { method, url, headers } = incoming
    void buffer(incoming).then((body) => {
      got.push({ method, url, headers, body })
      answer(incoming, response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  recorder = await Recorder.start({
    workspace: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tokens: new Map([['stand-in', 'fake-token']]),
    mayLeave: () => mayLeave,
    onExchange: (exchange) => exchanges.push(exchange),
  })
})

afterEach(async () => {
  await recorder.close()
  server.closeAllConnections()
  server.close()
})

/** Sends a request unchanged, which fetch would not do. */
async function send(path: string, headers: Record<string, string>, body?: Buffer) {
  const { port } = new URL(recorder.url)
  const outgoing = request({ port, path, method: body === undefined ? 'GET' : 'POST', headers, agent: false })
  outgoing.end(body)
  const incoming = await new Promise<import('node:http').IncomingMessage>((resolve, reject) => {
    outgoing.on('response', resolve).on('error', reject)
  })
  return { status: incoming.statusCode, headers: incoming.headers, body: await buffer(incoming) }
}

const BYTES = Buffer.from([0x00, 0xff, 0x0d, 0x0a, 0x80])

// The recorder must not change what clients and workspaces send.
test('bodies, paths and queries are forwarded unchanged, in both directions', async () => {
  answer = (_, response) =>
    response.writeHead(418, { 'x-own': 'kept', 'set-cookie': ['a=1', 'b=2'] }).end(BYTES)
  const answered = await send(
    '/a%2Fb?q=%20+&q=&scope',
    { 'content-type': 'text/json', 'x-own': 'kept' },
    BYTES,
  )
  expect(got).toMatchObject([{ method: 'POST', url: '/a%2Fb?q=%20+&q=&scope', body: BYTES }])
  expect(got[0]?.headers).toMatchObject({ 'content-type': 'text/json', 'x-own': 'kept' })
  expect(answered).toMatchObject({ status: 418, body: BYTES })
  expect(answered.headers).toMatchObject({ 'x-own': 'kept', 'set-cookie': ['a=1', 'b=2'] })
  expect(exchanges).toMatchObject([{ method: 'POST', path: '/a%2Fb', status: 418, rawBody: BYTES }])
})

// The old CLI can call a port only through a proxy setting.
test('the absolute form is accepted with any host', async () => {
  await send('http://workspace.test/api/2.0/secrets/list?scope=s', { host: 'workspace.test' })
  expect(got[0]?.url).toBe('/api/2.0/secrets/list?scope=s')
  expect(got[0]?.headers.host).toBe(`127.0.0.1:${(server.address() as AddressInfo).port}`)
})

// Otherwise responses could hang or be incomplete, because headers of one connection are used for the next.
test('headers of one connection are not forwarded, and a chunked body is complete', async () => {
  const headers = {
    connection: 'x-hop, keep-alive',
    'x-hop': '1',
    te: 'trailers',
    'transfer-encoding': 'chunked',
  }
  await send('/', { ...headers, 'accept-encoding': 'gzip' }, Buffer.alloc(300_000, 'x'))
  const [arrived] = got
  expect(arrived?.body).toHaveLength(300_000)
  for (const name of ['x-hop', 'te', 'transfer-encoding']) expect(arrived?.headers).not.toHaveProperty(name)
  expect(arrived?.headers).toMatchObject({ 'content-length': '300000', 'accept-encoding': 'identity' })
})

// Otherwise a client could write the real token to a file or a log.
test('the fake token of a client is replaced with the token, and any other token is not changed', async () => {
  await send('/', { authorization: 'Bearer stand-in' })
  await send('/', { authorization: 'Bearer fake-other' })
  await send('/', {})
  expect(got.map(({ headers }) => headers.authorization)).toEqual([
    'Bearer fake-token',
    'Bearer fake-other',
    undefined,
  ])
  expect(JSON.stringify(exchanges)).not.toContain('fake-token')
})

// The client must handle the redirect itself. It must not get the login page instead.
test('a redirect is forwarded, not followed', async () => {
  answer = (_, response) => response.writeHead(303, { location: '/login.html' }).end()
  const { status, headers } = await send('/', {})
  expect([status, headers.location]).toEqual([303, '/login.html'])
  expect(got).toHaveLength(1)
})

// Otherwise the error would not be recorded, or the client would wait.
test.each<[string, RequestListener]>([
  ['before an answer', (_, response) => response.destroy()],
  [
    'in the middle of one',
    (_, response) => {
      response.writeHead(200, { 'content-length': 10 }).write('12345', () => response.destroy())
    },
  ],
])('a connection that is lost %s is a 502, and an exchange without a response', async (_, cut) => {
  answer = cut
  const { status, body } = await send('/', {})
  expect(status).toBe(502)
  expect(body.toString()).toBe('The recorder got no answer from the workspace: ECONNRESET')
  expect(exchanges).toMatchObject([{ status: undefined, reply: undefined, failure: 'ECONNRESET' }])
})

// Otherwise a scope of another user could change.
test('a forbidden request is not forwarded', async () => {
  mayLeave = false
  expect((await send('/', {}, BYTES)).status).toBe(403)
  expect(got).toEqual([])
  expect(exchanges).toMatchObject([{ status: undefined, failure: 'NOT_FORWARDED' }])
})

// Otherwise a scope could be created after its deletion, by a request whose client has disconnected.
test('it waits for running requests of disconnected clients, and then forwards nothing', async () => {
  const [reached, released] = [signal(), signal()]
  answer = (_, response) => {
    reached.give()
    void released.given.then(() => response.end('{}'))
  }
  const aborted = new AbortController()
  const gone = fetch(recorder.url, { signal: aborted.signal })
  await reached.given
  aborted.abort()
  await expect(gone).rejects.toThrow()
  let isClosed = false
  const closed = recorder.close().then(() => (isClosed = true))
  const late = expect(fetch(`${recorder.url}/late`)).rejects.toThrow()
  await late
  expect(isClosed).toBe(false)
  released.give()
  await closed
  expect(got.map(({ url }) => url)).toEqual(['/'])
  expect(exchanges).toHaveLength(1)
})

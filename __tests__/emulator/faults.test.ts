/** Incomplete responses, as a client gets them. They are used to test its messages and retries. */
import { Agent, get } from 'node:http'
import { expect, test } from '@jest/globals'
import {
  cutHead,
  cutShort,
  endless,
  hangUp,
  neverAnswer,
  reset,
  thenHangUp,
  trickle,
  type Fault,
} from '../../emulator/faults.js'
import { json } from '../../emulator/reply.js'
import type { EmulatedWorkspace } from '../../emulator/workspace.js'
import { outcomeOf, rawOutcomeOf } from './outcome.js'
import { signal, start } from './wire.js'

const GET = 'GET / HTTP/1.1\r\nHost: fake\r\n\r\n'
const REPLY = json(200, { secrets: [] })

async function startWith(fault: Fault): Promise<EmulatedWorkspace> {
  const workspace = await start()
  workspace.intercept(() => fault)
  return workspace
}

// Otherwise no test would find a client that retries after a close but not after a reset.
// (If bytes and a reset come together, libuv reports an end to the client. So only the first reset is certain.)
test.each([
  { name: 'a close before the answer', fault: hangUp, text: /^$/, end: /^FIN$/ },
  { name: 'a reset before the answer', fault: reset, text: /^$/, end: /^ECONNRESET$/ },
  { name: 'a close in the head', fault: cutHead(), text: /^HTTP\/1\.1 200 OK\r\nContent-Ty$/, end: /^FIN$/ },
  {
    name: 'a reset in the head',
    fault: cutHead(reset),
    text: /^HTTP\/1\.1 200 OK\r\nContent-Ty$/,
    end: /^(ECONNRESET|FIN)$/,
  },
  { name: 'a close in the body', fault: cutShort(REPLY, 5), text: /\r\n\r\n\{"sec$/, end: /^FIN$/ },
  {
    name: 'a reset in the body',
    fault: cutShort(REPLY, 5, reset),
    text: /\r\n\r\n\{"sec$/,
    end: /^(ECONNRESET|FIN)$/,
  },
  {
    name: 'a close after the answer',
    fault: thenHangUp(REPLY),
    text: /\r\n\r\n\{"secrets":\[\]\}$/,
    end: /^FIN$/,
  },
])('$name', async ({ fault, text, end }) => {
  const { url } = await startWith(fault)
  const outcome = await rawOutcomeOf(url, GET)
  expect(outcome.text).toMatch(text)
  expect(outcome.end).toMatch(end)
})

// Otherwise a fault would do something else than its name to the action's HTTP client.
test.each([
  { name: 'before the answer', fault: hangUp, status: undefined, body: '' },
  { name: 'by a reset', fault: reset, status: undefined, body: '' },
  { name: 'in the head', fault: cutHead(), status: undefined, body: '' },
  { name: 'in the body', fault: cutShort(REPLY, 5), status: 200, body: '{"sec' },
  { name: 'in the body, by a reset', fault: cutShort(REPLY, 5, reset), status: 200, body: '{"sec' },
])('the connection of a Node client is lost $name', async ({ fault, status, body }) => {
  const { url } = await startWith(fault)
  expect(await outcomeOf(url)).toMatchObject({ status, body, failure: 'ECONNRESET' })
})

// Otherwise no test would find a client that waits forever after the first bytes.
test.each([
  { name: 'in the head', fault: cutHead(neverAnswer) },
  { name: 'in the body', fault: cutShort(REPLY, 5, neverAnswer) },
])('a response can stall $name', async ({ fault }) => {
  const workspace = await startWith(fault)
  const outcome = rawOutcomeOf(workspace.url, GET)
  const settled = signal()
  void outcome.then(settled.give)
  // Anything else would have come before the response to a later request.
  await outcomeOf((await start()).url)
  expect(await Promise.race([settled.given, Promise.resolve('stalls')])).toBe('stalls')
  await workspace.close()
  expect((await outcome).text).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
})

// Otherwise a timeout for the head could look like a timeout for the whole response.
test('a response can be slow: its head comes long before its body', async () => {
  const { url } = await startWith(trickle(REPLY, { everyMs: 3_600_000 }))
  const first = await new Promise<string>((resolve, reject) => {
    get(url, { agent: false })
      .on('response', (response) => {
        response.on('error', () => undefined)
        response.once('data', (chunk: Buffer) => {
          resolve(chunk.toString())
          response.destroy()
        })
      })
      .on('error', reject)
  })
  expect(first).toBe('{')
})

test('a slow response is complete at its end, and keeps its connection open', async () => {
  const workspace = await start()
  workspace.intercept((_, perform) => trickle(perform(), { bytes: 5, everyMs: 1 }))
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const { body } = await outcomeOf(workspace.url, { path: '/login.html', agent })
  expect(body).toMatch(/^<!doctype html>.*<\/h1>$/)
  expect(await outcomeOf(workspace.url, { path: '/login.html', agent })).toMatchObject({ body, status: 200 })
  expect(workspace.requests.all.map(({ connection }) => connection)).toEqual([1, 1])
  agent.destroy()
})

// Otherwise no test would find a client that stores an endless response until the memory is full.
test('a response can be endless, until the client disconnects', async () => {
  const { url, requests } = await startWith(endless)
  const MORE_THAN_ANY_BUFFER = 32 * 1024 * 1024
  await new Promise<void>((resolve, reject) => {
    let bytes = 0
    get(url, { agent: false })
      .on('response', (response) => {
        response.on('error', () => undefined)
        response.on('data', ({ length }: Buffer) => {
          bytes += length
          if (bytes < MORE_THAN_ANY_BUFFER) return
          response.destroy()
          resolve()
        })
      })
      .on('error', reject)
  })
  expect(requests.all).toMatchObject([{ status: 200 }])
})

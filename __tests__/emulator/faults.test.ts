/** Answers that break off, as a client sees them: it is these that its messages and its retries are tried with. */
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

// Lost if this fails: systems tell a close from a reset, and a client that takes only one of them for a passing fault
// would never be found out.
// (Where bytes and a reset come together, libuv tells the client of an end instead, so only the first reset is sure.)
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

// Lost if this fails: what the action's own client is given would not be what the names say.
test.each([
  { name: 'before the answer', fault: hangUp, status: undefined, body: '' },
  { name: 'by a reset', fault: reset, status: undefined, body: '' },
  { name: 'in the head', fault: cutHead(), status: undefined, body: '' },
  { name: 'in the body', fault: cutShort(REPLY, 5), status: 200, body: '{"sec' },
  { name: 'in the body, by a reset', fault: cutShort(REPLY, 5, reset), status: 200, body: '{"sec' },
])('a client of Node is cut off $name', async ({ fault, status, body }) => {
  const { url } = await startWith(fault)
  expect(await outcomeOf(url)).toMatchObject({ status, body, failure: 'ECONNRESET' })
})

// Lost if this fails: nobody would see a client that waits for ever once the first bytes are there.
test.each([
  { name: 'in the head', fault: cutHead(neverAnswer) },
  { name: 'in the body', fault: cutShort(REPLY, 5, neverAnswer) },
])('an answer can stall $name', async ({ fault }) => {
  const workspace = await startWith(fault)
  const outcome = rawOutcomeOf(workspace.url, GET)
  const settled = signal()
  void outcome.then(settled.give)
  // Whatever was to come would have come before the answer to a later request.
  await outcomeOf((await start()).url)
  expect(await Promise.race([settled.given, Promise.resolve('stalls')])).toBe('stalls')
  await workspace.close()
  expect((await outcome).text).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
})

// Lost if this fails: a time limit for the head alone would pass for one of the whole answer.
test('an answer can trickle: its head is there long before its body', async () => {
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

test('an answer that trickles is whole at the end, and leaves its connection for the next', async () => {
  const workspace = await start()
  workspace.intercept((_, perform) => trickle(perform(), { bytes: 5, everyMs: 1 }))
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const { body } = await outcomeOf(workspace.url, { path: '/login.html', agent })
  expect(body).toMatch(/^<!doctype html>.*<\/h1>$/)
  expect(await outcomeOf(workspace.url, { path: '/login.html', agent })).toMatchObject({ body, status: 200 })
  expect(workspace.requests.all.map(({ connection }) => connection)).toEqual([1, 1])
  agent.destroy()
})

// Lost if this fails: a client that keeps all that it is sent would run out of memory at a user's, not here.
test('an answer can be without end, until the client has enough', async () => {
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

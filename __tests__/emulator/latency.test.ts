/** Time and connections: a benchmark is as good as they are. */
import { Agent } from 'node:http'
import { expect, test } from '@jest/globals'
import { waitUntil } from '../../emulator/wait-until.js'
import { outcomeOf, rawOutcomeOf } from './outcome.js'
import { start } from './wire.js'

const GET = 'GET /login.html HTTP/1.1\r\nHost: fake\r\n\r\n'

// Lost if this fails: requests would wait for each other here as they do nowhere else, and a benchmark would not see what
// more of them at once bring.
test('requests on connections of their own do not wait for each other', async () => {
  const workspace = await start({ latencyMs: 20 })
  // None goes on before all 64 are there.
  const all = new Promise<void>((resolve) => {
    workspace.intercept(async () => {
      if (workspace.requests.all.length === 64) resolve()
      await all
      return undefined
    })
  })
  const outcomes = await Promise.all(
    Array.from({ length: 64 }, () => outcomeOf(workspace.url, { path: '/login.html' })),
  )
  expect(outcomes.filter(({ status }) => status === 200)).toHaveLength(64)
  expect(workspace.requests.maxInFlight()).toBe(64)
  expect(new Set(workspace.requests.all.map(({ connection }) => connection)).size).toBe(64)
})

test('the first answer of a connection can take longer than those that follow', async () => {
  const workspace = await start({ connectLatencyMs: 100 })
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const began = performance.now()
  await outcomeOf(workspace.url, { agent })
  expect(performance.now() - began).toBeGreaterThan(98)
  await outcomeOf(workspace.url, { agent })
  await outcomeOf(workspace.url)
  expect(performance.now() - began).toBeGreaterThan(196)
  expect(workspace.requests.all.map(({ connection }) => connection)).toEqual([1, 1, 2])
  agent.destroy()
})

test('a wait is at most half a millisecond too short, and none if its time is over', async () => {
  for (const ms of [0, 0.4, 1, 7.3, 20]) {
    const due = performance.now() + ms
    await waitUntil(due)
    expect(performance.now()).toBeGreaterThan(due - 0.5)
  }
  await waitUntil(performance.now() - 1_000)
})

// Lost if this fails: a client that trusts in a kept connection would never meet one that is gone.
test('a connection without a request can be closed soon', async () => {
  const { url } = await start({ keepAliveMs: 1 })
  const { text, end } = await rawOutcomeOf(url, GET)
  expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n.*<\/h1>$/s)
  expect(end).toBe('FIN')
})

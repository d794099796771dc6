/** Latency and connections, on which benchmarks depend. */
import { Agent } from 'node:http'
import { expect, test } from '@jest/globals'
import { waitUntil } from '../../emulator/wait-until.js'
import { outcomeOf, rawOutcomeOf } from './outcome.js'
import { start } from './wire.js'

const GET = 'GET /login.html HTTP/1.1\r\nHost: fake\r\n\r\n'

// Otherwise requests would wait for each other only here, and a benchmark would not show the effect of concurrency.
test('requests on separate connections do not wait for each other', async () => {
  const workspace = await start({ latencyMs: 20 })
  // None continues before all 64 have started.
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

test('the first response of a connection can take longer than later ones', async () => {
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

test('a wait is at most half a millisecond too short, and a time in the past is no wait', async () => {
  for (const ms of [0, 0.4, 1, 7.3, 20]) {
    const due = performance.now() + ms
    await waitUntil(due)
    expect(performance.now()).toBeGreaterThan(due - 0.5)
  }
  await waitUntil(performance.now() - 1_000)
})

// Otherwise no test would have a kept-alive connection that the server has closed.
test('an idle connection can be closed soon', async () => {
  const { url } = await start({ keepAliveMs: 1 })
  const { text, end } = await rawOutcomeOf(url, GET)
  expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n.*<\/h1>$/s)
  expect(end).toBe('FIN')
})

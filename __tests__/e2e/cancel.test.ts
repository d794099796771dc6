import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { beforeEach, describe, expect, test } from '@jest/globals'

import { neverAnswer, type Fault } from '../../emulator/faults.js'
import { apiError, type Reply } from '../../emulator/reply.js'
import { isTriedToday } from '../faults/daily-sample.js'
import type { Step, StepResult } from '../runner/step.js'
import { PullRequestWorld } from './pull-request-world.js'
import { ahead, syncTo } from './sync-step.js'
import { workspace } from './workspace-of-test.js'

function map(count: number): string {
  return Array.from({ length: count }, (_, index) => `k${index}=fake-${index}`).join('\n')
}

interface Cancelled {
  readonly step: StepResult
  /** From the signal to the end of the process, in ms. */
  readonly tookMs: number
}

/** Cancels the step after this many requests for a call, and replaces the responses to these and all later ones. */
async function cancelAt(
  call: string,
  times: number,
  answer: (perform: () => Reply) => Reply | Fault | undefined,
  inputs: Record<string, string>,
  step: Step = {},
): Promise<Cancelled> {
  const cancel = new AbortController()
  let cancelledAt = 0
  let seen = 0
  workspace.intercept(({ path: asked }, perform) => {
    if (!asked.endsWith(call) || ++seen < times) return undefined
    if (seen === times) {
      cancelledAt = performance.now()
      cancel.abort()
    }
    return answer(perform)
  })
  const result = await syncTo(workspace, inputs, { ...step, cancel: cancel.signal })
  return { step: result, tookMs: performance.now() - cancelledAt }
}

/** Expects that the step fails in time, with a complete report. */
function expectReport({ step, tookMs }: Cancelled): void {
  expect([step.exitCode, step.signal]).toEqual([1, null])
  expect(tookMs).toBeLessThan(7_000)
  expect(step.log).toContain('Cancelled: ')
  expect(step.summary).toContain('❌ Databricks secrets')
  expect(step.log).not.toContain('could not be completed in time')
  expect(step.log).not.toContain('An unexpected error')
}

// After a cancelled rotation, the user must know which secrets are new and which are old.
describe('a run that is cancelled', () => {
  // The plan would say that every secret will be written, because no read was complete.
  test('while a dry run compares has no plan', async () => {
    workspace.store.createScope('storage', { secrets: { k0: 'fake-0', k1: 'fake-1', k2: 'fake-2' } })
    const run = await cancelAt('/secrets/get', 2, () => neverAnswer, {
      secrets: map(3),
      'if-exists': 'compare',
      'dry-run': 'true',
    })
    expectReport(run)
    expect(run.step.outputs).toMatchObject({ changed: 'false', updated: '[]' })
    expect(run.step.log).toContain('Stopped before anything was written')
    expect(run.step.log).toContain('The job was cancelled before')
  })

  test('reports what was written, what was not sent, and what may have been applied', async () => {
    const run = await cancelAt('/secrets/put', 21, () => neverAnswer, { secrets: map(100), concurrency: '4' })
    expectReport(run)
    const { step } = run
    const created = JSON.parse(step.outputs['created'] ?? '') as string[]
    expect(created).toHaveLength(20)
    expect(JSON.parse(step.outputs['failed'] ?? '')).toHaveLength(80)
    expect(workspace.requests.to('secrets/put').length).toBeLessThanOrEqual(24)
    // Four requests run at a time, and the network may deliver them in another order.
    const unanswered = Array.from({ length: 24 }, (_, index) => `k${index}`).filter(
      (key) => !created.includes(key),
    )
    expect(unanswered).toHaveLength(4)
    expect(step.log).toMatch(
      new RegExp(
        `${unanswered.join(', ')}: The job was cancelled before .* may or may not have been applied`,
      ),
    )
    expect(step.log).toMatch(/k24, .* and 66 more: Not sent: the job was cancelled\./)
  })

  test('uses the responses of the last two seconds', async () => {
    const later = (perform: () => Reply): Fault => {
      const reply = perform()
      return (response) => {
        setTimeout(() => response.writeHead(reply.status, reply.headers).end(reply.body), 300)
      }
    }
    const run = await cancelAt('/secrets/put', 1, later, { secrets: map(10), concurrency: '1' })
    expectReport(run)
    expect(run.step.outputs['created']).toBe('["k0"]')
  })

  test('ends pauses and retries at once', async () => {
    const later = () => apiError(429, 'REQUEST_LIMIT_EXCEEDED', 'Slow down.', { 'retry-after': '60' })
    const inputs = { secrets: map(10), 'retry-timeout-seconds': '300', concurrency: '2' }
    const run = await cancelAt('/secrets/put', 2, later, inputs)
    expectReport(run)
    expect(workspace.requests.to('secrets/put').length).toBeLessThanOrEqual(3)
  })

  test('before the first put says so', async () => {
    const run = await cancelAt('/scopes/list', 1, () => neverAnswer, {})
    expectReport(run)
    expect(run.step.log).toContain('The job was cancelled before')
    expect(workspace.requests.to('secrets/put')).toEqual([])
  })

  test('while it creates a scope says that the scope may exist', async () => {
    const run = await cancelAt('/scopes/create', 1, () => neverAnswer, {})
    expectReport(run)
    expect(run.step.log).toContain('may or may not have been applied')
  })

  test('during authentication sends nothing to the API', async () => {
    const inputs = { token: '', 'client-id': 'fake-id', 'client-secret': 'fake-client-secret' }
    const run = await cancelAt('oauth-authorization-server', 1, () => neverAnswer, inputs)
    expectReport(run)
    expect(workspace.requests.all.filter(({ path: asked }) => asked.startsWith('/api/'))).toEqual([])
  })

  // A write that was applied must not be reported as not sent.
  test('while a write that was applied and failed waits for its retry', async () => {
    const lost = (perform: () => Reply): Reply => {
      perform()
      return apiError(503, 'TEMPORARILY_UNAVAILABLE', 'Later.', { 'retry-after': '30' })
    }
    const inputs = { secrets: map(2), concurrency: '1', 'retry-timeout-seconds': '300' }
    const run = await cancelAt('/secrets/put', 1, lost, inputs)
    expectReport(run)
    expect(run.step.log).toMatch(
      /k0: Not sent again: the job was cancelled\. The write may or may not have been applied/,
    )
    expect(run.step.log).toMatch(/k1: Not sent: the job was cancelled\./)
    expect(run.step.log).not.toContain('It was tried 1 times')
  })

  test('does not wait for its comment', async () => {
    const world = await PullRequestWorld.start()
    const cancel = new AbortController()
    world.github.intercept(() => {
      cancel.abort()
      return neverAnswer
    })
    const step = await world.comment({}, { cancel: cancel.signal })
    await world.close()
    expect([step.exitCode, step.signal, step.outputs['created']]).toEqual([1, null, '["blob"]'])
    expect(step.log).toContain('may not have been written: the job was cancelled')
    expect(step.log).not.toContain('could not be completed in time')
    expect(step.summary).toContain('Databricks secrets')
  })

  // After the signal, calls must not wait for the rate limit. Half of the cases on each day: the fault tests have them, too.
  describe.each(
    [20, 400, 1_000].map(
      (count, index) => [count, (position: number) => isTriedToday(index + position, 2)] as const,
    ),
  )('with %d keys at the default rate', (count, isTried) => {
    const rate = { 'requests-per-second': '10', 'retry-timeout-seconds': '300', secrets: map(count) }
    const all = Array.from({ length: count }, (_, index) => `k${index}`)

    beforeEach(() => {
      const secrets = Object.fromEntries(all.map((key, index) => [key, `fake-${index}`]))
      const acls = { 'ada@example.com': 'MANAGE' } as const
      workspace.store.createScope('storage', { secrets, acls })
    })

    const calls: [string, string, number, Record<string, string>][] = [
      ['puts', '/secrets/put', 10, {}],
      ['compares', '/secrets/get', 10, { 'if-exists': 'compare' }],
      ['deletes', '/secrets/delete', 10, { secrets: 'k0=fake-a', prune: 'true', 'prune-limit': '1000' }],
    ]
    test.each(calls.filter((_, position) => isTried(position)))(
      'while it %s',
      async (_, call, times, inputs) => {
        // Without a response, so that the run does not end before the signal.
        const run = await cancelAt(call, times, () => neverAnswer, { ...rate, ...inputs })
        expectReport(run)
        expect(Object.keys(run.step.outputs)).toContain('failed')
        expect(
          workspace.requests.to(`secrets${call.slice('/secrets'.length)}` as 'secrets/put').length,
        ).toBeLessThan(120)
      },
    )

    if (!isTried(calls.length)) return
    test('while all requests wait for Retry-After', async () => {
      const later = () => apiError(429, 'REQUEST_LIMIT_EXCEEDED', 'Slow down.', { 'retry-after': '60' })
      const run = await cancelAt('/secrets/put', 3, later, rate)
      expectReport(run)
      const ends = ['created', 'updated', 'failed'].flatMap(
        (name) => JSON.parse(run.step.outputs[name] ?? '') as string[],
      )
      expect(ends.sort()).toEqual([...all].sort())
    })
  })

  // After the whole map is written, the later phases end as well.
  test.each<[string, string, Record<string, string>]>([
    ['verifies', '/secrets/get', { verify: 'true' }],
    ['sets permissions', '/acls/put', { permissions: 'users=READ' }],
    ['reads permissions', '/acls/list', { permissions: 'users=READ' }],
  ])('while it %s', async (_, call, inputs) => {
    workspace.store.createScope('storage', { acls: { 'ada@example.com': 'MANAGE' } })
    expectReport(await cancelAt(call, 1, () => neverAnswer, { secrets: map(20), ...inputs }))
  })

  // The runner sends SIGTERM if the step is still running after SIGINT. Users may press Ctrl-C twice.
  test.each([
    ['SIGTERM', ['SIGTERM']],
    ['both signals, and more than once', ['SIGINT', 'SIGINT', 'SIGTERM']],
  ])('by %s ends in the same way', async (_, signals) => {
    const send = ahead(`
      import http from 'node:http'
      const { request } = http
      http.request = (options, ...rest) => {
        if (options.path.endsWith('/put')) for (const name of ${JSON.stringify(signals)}) process.kill(process.pid, name)
        return request(options, ...rest)
      }`)
    workspace.intercept(({ path: asked }) => (asked.endsWith('/put') ? neverAnswer : undefined))
    const step = await syncTo(workspace, { secrets: map(3), concurrency: '1' }, send)
    expect([step.exitCode, step.signal, step.outputs['failed']]).toEqual([1, null, '["k0","k1","k2"]'])
    expect(step.log.match(/Cancelled: /g)).toHaveLength(1)
  })

  test('while the Azure CLI runs ends the Azure CLI', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'cancel-'))
    const cancel = new AbortController()
    writeFileSync(path.join(folder, 'az'), '#!/bin/sh\nexec sleep 60\n')
    chmodSync(path.join(folder, 'az'), 0o755)
    setTimeout(() => {
      cancel.abort()
    }, 3_000)
    const inputs = { host: 'https://adb-1.2.azuredatabricks.net', token: '', 'auth-type': 'azure-cli' }
    writeFileSync(path.join(folder, 'azureProfile.json'), '{}')
    const env = { PATH: `${folder}:/usr/bin:/bin`, AZURE_CONFIG_DIR: folder }
    const step = await syncTo(workspace, inputs, { env, cancel: cancel.signal })
    rmSync(folder, { recursive: true })
    expect([step.exitCode, step.signal]).toEqual([1, null])
    expect(step.log).toContain('Not sent: the job was cancelled.')
  })
})

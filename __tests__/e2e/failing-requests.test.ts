import { describe, expect, test } from '@jest/globals'

import { apiError, type Reply } from '../../emulator/reply.js'
import { EmulatedWorkspace } from '../../emulator/workspace.js'
import { HURRIED, stored, syncTo } from './sync-step.js'

/** A test with a workspace of its own. Such tests mostly wait for retries, so they run beside each other. */
function inWorkspace(play: (workspace: EmulatedWorkspace) => Promise<void>): () => Promise<void> {
  return async () => {
    const workspace = await EmulatedWorkspace.start()
    workspace.store.createScope('storage', { acls: { 'ada@example.com': 'MANAGE' } })
    try {
      await play(workspace)
    } finally {
      await workspace.close()
    }
  }
}

const LATER = apiError(503, 'TEMPORARILY_UNAVAILABLE', 'Later.')
const TOO_MANY = apiError(429, 'REQUEST_LIMIT_EXCEEDED', 'Slow down.')

function keysUpTo(count: number): string[] {
  return Array.from({ length: count }, (_, n) => `k${n}`)
}

function map(count: number): string {
  return keysUpTo(count)
    .map((key) => `${key}=fake-value-${key}`)
    .join('\n')
}

function put({ store }: EmulatedWorkspace, count: number): void {
  for (const key of keysUpTo(count)) store.scope('storage').put(key, `fake-value-${key}`)
}

/** Each request of this call always fails, or only those for some keys. */
function fail(
  workspace: EmulatedWorkspace,
  call: string,
  isBad: (key: string) => boolean = () => true,
  reply: Reply = LATER,
): void {
  workspace.intercept(({ path, body, query }) => {
    if (!path.endsWith(call)) return undefined
    const key = (body as { key?: string } | undefined)?.key ?? query.get('key') ?? ''
    return isBad(key) ? reply : undefined
  })
}

function list(output: string | undefined): unknown {
  return JSON.parse(output ?? '')
}

const RETRIES = { 'retry-timeout-seconds': '2' }

// One secret that always fails must not prevent the write of the nineteen others.
describe('a request that always fails does not stop others', () => {
  // An optional read has its own time limit for retries, which ends long before retry-timeout-seconds.
  test.concurrent(
    'the first, the last and another read for compare: their keys are written, the others are unchanged',
    inWorkspace(async (workspace) => {
      put(workspace, 5)
      fail(workspace, '/secrets/get', (key) => ['k0', 'k2', 'k4'].includes(key))
      const inputs = { secrets: map(5), 'if-exists': 'compare', 'retry-timeout-seconds': '3600' }
      const step = await syncTo(workspace, inputs, HURRIED)
      expect([step.exitCode, list(step.outputs['unchanged'])]).toEqual([0, ['k1', 'k3']])
      expect(list(step.outputs['updated'])).toEqual(['k0', 'k2', 'k4'])
    }),
  )

  test.concurrent(
    'a read for compare in a dry run',
    inWorkspace(async (workspace) => {
      put(workspace, 5)
      fail(workspace, '/secrets/get', (key) => key === 'k1')
      const inputs = { secrets: map(5), 'if-exists': 'compare', 'dry-run': 'true', ...RETRIES }
      const step = await syncTo(workspace, inputs)
      expect([step.exitCode, list(step.outputs['updated'])]).toEqual([0, ['k1']])
    }),
  )

  test.concurrent(
    'every read for compare: every key is written',
    inWorkspace(async (workspace) => {
      put(workspace, 40)
      fail(workspace, '/secrets/get')
      const step = await syncTo(workspace, { secrets: map(41), 'if-exists': 'compare', ...RETRIES })
      expect([step.exitCode, list(step.outputs['created'])]).toEqual([0, ['k40']])
      expect(list(step.outputs['updated'])).toEqual(keysUpTo(40))
    }),
  )

  test.concurrent(
    'the request for the identity of this run',
    inWorkspace(async (workspace) => {
      fail(workspace, '/scim/v2/Me')
      const step = await syncTo(workspace, { permissions: 'users=READ', ...RETRIES })
      expect([step.exitCode, list(step.outputs['created'])]).toEqual([0, ['blob']])
      expect(workspace.store.scope('storage').acls.get('users')).toBe('READ')
    }),
  )

  test.concurrent(
    'a put, four puts in a row, and a read for verify: the others are written, and permissions are set',
    inWorkspace(async (workspace) => {
      const bad = ['k3', 'k8', 'k9', 'k10', 'k11']
      fail(workspace, '/secrets/put', (key) => bad.includes(key))
      fail(workspace, '/secrets/get', (key) => key === 'k15')
      const inputs = { secrets: map(20), verify: 'true', permissions: 'users=READ', ...RETRIES }
      const step = await syncTo(workspace, inputs)
      expect([step.exitCode, list(step.outputs['failed'])]).toEqual([1, [...bad, 'k15']])
      expect(list(step.outputs['created'])).toEqual(
        keysUpTo(20).filter((key) => !bad.includes(key) && key !== 'k15'),
      )
      expect(step.log).toMatch(/k15: .*could not be read back to verify it/)
      expect(workspace.store.scope('storage').acls.get('users')).toBe('READ')
    }),
  )

  test.concurrent(
    'the first four reads for verify',
    inWorkspace(async (workspace) => {
      fail(workspace, '/secrets/get', (key) => ['k0', 'k1', 'k2', 'k3'].includes(key))
      const step = await syncTo(workspace, { secrets: map(160), verify: 'true', ...RETRIES })
      expect([step.exitCode, list(step.outputs['failed'])]).toEqual([1, ['k0', 'k1', 'k2', 'k3']])
      expect(list(step.outputs['created'])).toHaveLength(156)
    }),
  )

  test.concurrent(
    'a delete',
    inWorkspace(async (workspace) => {
      put(workspace, 8)
      fail(workspace, '/secrets/delete', (key) => key === 'k5')
      const inputs = { secrets: map(4), prune: 'true', permissions: 'users=READ', ...RETRIES }
      const step = await syncTo(workspace, inputs)
      expect([step.exitCode, list(step.outputs['failed'])]).toEqual([1, ['k5']])
      expect(list(step.outputs['deleted'])).toEqual(['k4', 'k6', 'k7'])
      expect(workspace.store.scope('storage').acls.get('users')).toBe('READ')
    }),
  )

  test.concurrent(
    '128 puts ahead of 32 others',
    inWorkspace(async (workspace) => {
      const bad = keysUpTo(128)
      fail(workspace, '/secrets/put', (key) => bad.includes(key))
      const inputs = { secrets: map(160), 'retry-timeout-seconds': '30' }
      const step = await syncTo(workspace, inputs, HURRIED)
      expect([step.exitCode, list(step.outputs['failed'])]).toEqual([1, bad])
      expect(list(step.outputs['created'])).toEqual(keysUpTo(160).slice(128))
    }),
  )

  test.concurrent(
    'one that is always rejected for the rate limit',
    inWorkspace(async (workspace) => {
      fail(workspace, '/secrets/put', (key) => key === 'k3', TOO_MANY)
      const step = await syncTo(workspace, { secrets: map(100), ...RETRIES })
      expect([step.exitCode, list(step.outputs['failed'])]).toEqual([1, ['k3']])
    }),
  )

  // If each rejection counted, the run would wait for seconds before each of 300 keys.
  test.concurrent(
    'one that is always rejected for the rate limit, with Retry-After',
    inWorkspace(async (workspace) => {
      const later = apiError(429, 'REQUEST_LIMIT_EXCEEDED', 'Slow down.', { 'retry-after': '30' })
      fail(workspace, '/secrets/put', (key) => key === 'k3', later)
      const inputs = { secrets: map(400), 'requests-per-second': '10', 'retry-timeout-seconds': '20' }
      const step = await syncTo(workspace, inputs, HURRIED)
      expect([step.exitCode, step.timedOut, list(step.outputs['failed'])]).toEqual([1, false, ['k3']])
      expect(list(step.outputs['created'])).toHaveLength(399)
    }),
  )
})

// A workspace that is down must not get a request for each key and each permission.
describe('if every request fails', () => {
  test.concurrent(
    'each later phase sends one request',
    inWorkspace(async (workspace) => {
      fail(workspace, '/secrets/put')
      fail(workspace, '/acls/put')
      const permissions = 'users=READ\nadmins=READ\nada@example.com=MANAGE'
      const step = await syncTo(workspace, { secrets: map(20), permissions, ...RETRIES })
      expect([step.exitCode, list(step.outputs['failed'])]).toEqual([1, keysUpTo(20)])
      expect(workspace.requests.to('secrets/acls/put')).toHaveLength(1)
      expect(step.log).toContain('Not sent, because no request succeeded any more.')
    }),
  )

  test.concurrent(
    'a run without retries ends as well',
    inWorkspace(async (workspace) => {
      fail(workspace, '/secrets/put', undefined, TOO_MANY)
      const step = await syncTo(workspace, { secrets: map(400) }, HURRIED)
      expect([step.exitCode, step.timedOut]).toEqual([1, false])
      expect(list(step.outputs['failed'])).toEqual(keysUpTo(400))
      expect(workspace.requests.to('secrets/put').length).toBeLessThan(100)
      expect(stored(workspace)).toEqual({})
    }),
  )
})

// The header may be wrong. A job must not wait for minutes without need.
describe('Retry-After', () => {
  test.concurrent(
    'counts only with a transient error',
    inWorkspace(async (workspace) => {
      const times: number[] = []
      workspace.intercept(({ path }) => {
        if (!path.endsWith('/put')) return undefined
        times.push(performance.now())
        return times.length === 1
          ? apiError(400, 'INVALID_PARAMETER_VALUE', 'No.', { 'retry-after': '50' })
          : undefined
      })
      const inputs = { secrets: map(10), concurrency: '1', 'retry-timeout-seconds': '300' }
      const step = await syncTo(workspace, inputs)
      expect([step.exitCode, list(step.outputs['failed'])]).toEqual([1, ['k0']])
      expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeLessThan(45_000)
    }),
  )

  test.concurrent.each([503, 429])('of a %d is not longer than the remaining time for retries', (status) =>
    inWorkspace(async (workspace) => {
      fail(
        workspace,
        '/secrets/put',
        undefined,
        apiError(status, 'TEMPORARILY_UNAVAILABLE', 'No.', { 'retry-after': '60' }),
      )
      const step = await syncTo(workspace, { secrets: map(40), ...RETRIES })
      expect([step.exitCode, step.timedOut]).toEqual([1, false])
      const [, seconds] = /It was tried (?:up to )?\d+ times in (?:up to )?([\d.]+) s/.exec(step.log) ?? []
      expect(Number(seconds)).toBeLessThan(40)
    })(),
  )

  test.concurrent(
    'of one key does not delay the others',
    inWorkspace(async (workspace) => {
      const unavailable = apiError(503, 'TEMPORARILY_UNAVAILABLE', 'No.', { 'retry-after': '50' })
      const times: number[] = []
      workspace.intercept(({ path, body }) => {
        if (!path.endsWith('/put')) return undefined
        if ((body as { key: string }).key === 'k0') return unavailable
        times.push(performance.now())
        return undefined
      })
      const step = await syncTo(workspace, { secrets: map(40), ...RETRIES })
      expect([step.exitCode, list(step.outputs['failed'])]).toEqual([1, ['k0']])
      expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeLessThan(45_000)
    }),
  )
})

import { beforeEach, describe, expect, test } from '@jest/globals'

import { apiError, type Reply } from '../../emulator/reply.js'
import { HURRIED, stored, syncTo } from './sync-step.js'
import { workspace } from './workspace-of-test.js'

beforeEach(() => {
  workspace.store.createScope('storage', { acls: { 'ada@example.com': 'MANAGE' } })
})

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

function put(count: number): void {
  for (const key of keysUpTo(count)) workspace.store.scope('storage').put(key, `fake-value-${key}`)
}

/** Each request of this call always fails, or only those for some keys. */
function fail(call: string, isBad: (key: string) => boolean = () => true, reply: Reply = LATER): void {
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
  test('a read for compare: its key is written, the others are unchanged', async () => {
    put(5)
    fail('/secrets/get', (key) => key === 'k1')
    const step = await syncTo(workspace, { secrets: map(5), 'if-exists': 'compare', ...RETRIES })
    expect([step.exitCode, list(step.outputs['unchanged'])]).toEqual([0, ['k0', 'k2', 'k3', 'k4']])
    expect(list(step.outputs['updated'])).toEqual(['k1'])
  })

  test('the first read for compare, and the last', async () => {
    put(5)
    fail('/secrets/get', (key) => key === 'k0' || key === 'k4')
    const step = await syncTo(workspace, { secrets: map(5), 'if-exists': 'compare', ...RETRIES })
    expect([step.exitCode, list(step.outputs['updated'])]).toEqual([0, ['k0', 'k4']])
  })

  test('a read for compare in a dry run', async () => {
    put(5)
    fail('/secrets/get', (key) => key === 'k1')
    const inputs = { secrets: map(5), 'if-exists': 'compare', 'dry-run': 'true', ...RETRIES }
    const step = await syncTo(workspace, inputs)
    expect([step.exitCode, list(step.outputs['updated'])]).toEqual([0, ['k1']])
  })

  test('every read for compare: every key is written', async () => {
    put(40)
    fail('/secrets/get')
    const step = await syncTo(workspace, { secrets: map(41), 'if-exists': 'compare', ...RETRIES })
    expect([step.exitCode, list(step.outputs['created'])]).toEqual([0, ['k40']])
    expect(list(step.outputs['updated'])).toEqual(keysUpTo(40))
  })

  test('the request for the identity of this run', async () => {
    fail('/scim/v2/Me')
    const step = await syncTo(workspace, { permissions: 'users=READ', ...RETRIES })
    expect([step.exitCode, list(step.outputs['created'])]).toEqual([0, ['blob']])
    expect(workspace.store.scope('storage').acls.get('users')).toBe('READ')
  })

  // An optional read has its own time limit for retries.
  test('an optional read is given up long before retry-timeout-seconds', async () => {
    put(5)
    fail('/secrets/get', (key) => key === 'k1')
    const inputs = { secrets: map(5), 'if-exists': 'compare', 'retry-timeout-seconds': '3600' }
    const step = await syncTo(workspace, inputs, HURRIED)
    expect([step.exitCode, list(step.outputs['updated'])]).toEqual([0, ['k1']])
  })

  test('a put: the others are written and verified, and permissions are set', async () => {
    fail('/secrets/put', (key) => key === 'k3')
    const inputs = { secrets: map(20), verify: 'true', permissions: 'users=READ', ...RETRIES }
    const step = await syncTo(workspace, inputs)
    expect([step.exitCode, list(step.outputs['failed'])]).toEqual([1, ['k3']])
    expect(list(step.outputs['created'])).toEqual(keysUpTo(20).filter((key) => key !== 'k3'))
    expect(workspace.store.scope('storage').acls.get('users')).toBe('READ')
  })

  test('four puts in a row', async () => {
    const isBad = (key: string): boolean => ['k3', 'k4', 'k5', 'k6'].includes(key)
    fail('/secrets/put', isBad)
    const inputs = { secrets: map(20), verify: 'true', permissions: 'users=READ', ...RETRIES }
    const step = await syncTo(workspace, inputs)
    expect([step.exitCode, list(step.outputs['failed'])]).toEqual([1, ['k3', 'k4', 'k5', 'k6']])
    expect(list(step.outputs['created'])).toHaveLength(16)
    expect(workspace.store.scope('storage').acls.get('users')).toBe('READ')
  })

  test('a read for verify', async () => {
    fail('/secrets/get', (key) => key === 'k3')
    const inputs = { secrets: map(20), verify: 'true', permissions: 'users=READ', ...RETRIES }
    const step = await syncTo(workspace, inputs)
    expect([step.exitCode, list(step.outputs['failed'])]).toEqual([1, ['k3']])
    expect(step.log).toContain('could not be read back to verify it')
    expect(workspace.store.scope('storage').acls.get('users')).toBe('READ')
  })

  test('the first four reads for verify', async () => {
    fail('/secrets/get', (key) => ['k0', 'k1', 'k2', 'k3'].includes(key))
    const step = await syncTo(workspace, { secrets: map(160), verify: 'true', ...RETRIES })
    expect([step.exitCode, list(step.outputs['failed'])]).toEqual([1, ['k0', 'k1', 'k2', 'k3']])
    expect(list(step.outputs['created'])).toHaveLength(156)
  })

  test('a delete', async () => {
    put(8)
    fail('/secrets/delete', (key) => key === 'k5')
    const inputs = { secrets: map(4), prune: 'true', permissions: 'users=READ', ...RETRIES }
    const step = await syncTo(workspace, inputs)
    expect([step.exitCode, list(step.outputs['failed'])]).toEqual([1, ['k5']])
    expect(list(step.outputs['deleted'])).toEqual(['k4', 'k6', 'k7'])
    expect(workspace.store.scope('storage').acls.get('users')).toBe('READ')
  })

  test('128 puts ahead of 32 others', async () => {
    const bad = keysUpTo(128)
    fail('/secrets/put', (key) => bad.includes(key))
    const inputs = { secrets: map(160), 'retry-timeout-seconds': '30' }
    const step = await syncTo(workspace, inputs, HURRIED)
    expect([step.exitCode, list(step.outputs['failed'])]).toEqual([1, bad])
    expect(list(step.outputs['created'])).toEqual(keysUpTo(160).slice(128))
  })

  test('one that is always rejected for the rate limit', async () => {
    fail('/secrets/put', (key) => key === 'k3', TOO_MANY)
    const step = await syncTo(workspace, { secrets: map(100), ...RETRIES })
    expect([step.exitCode, list(step.outputs['failed'])]).toEqual([1, ['k3']])
  })

  // If each rejection counted, the run would wait for seconds before each of 300 keys.
  test('one that is always rejected for the rate limit, with Retry-After', async () => {
    const later = apiError(429, 'REQUEST_LIMIT_EXCEEDED', 'Slow down.', { 'retry-after': '30' })
    fail('/secrets/put', (key) => key === 'k3', later)
    const inputs = { secrets: map(400), 'requests-per-second': '10', 'retry-timeout-seconds': '20' }
    const step = await syncTo(workspace, inputs, { ...HURRIED, timeoutMs: 25_000 })
    expect([step.exitCode, step.timedOut, list(step.outputs['failed'])]).toEqual([1, false, ['k3']])
    expect(list(step.outputs['created'])).toHaveLength(399)
  })
})

// A workspace that is down must not get a request for each key and each permission.
describe('if every request fails', () => {
  test('each later phase sends one request', async () => {
    fail('/secrets/put')
    fail('/acls/put')
    const permissions = 'users=READ\nadmins=READ\nada@example.com=MANAGE'
    const step = await syncTo(workspace, { secrets: map(20), permissions, ...RETRIES })
    expect([step.exitCode, list(step.outputs['failed'])]).toEqual([1, keysUpTo(20)])
    expect(workspace.requests.to('secrets/acls/put')).toHaveLength(1)
    expect(step.log).toContain('Not sent, because no request succeeded any more.')
  })

  test('a run without retries ends as well', async () => {
    fail('/secrets/put', undefined, TOO_MANY)
    const step = await syncTo(workspace, { secrets: map(400) }, HURRIED)
    expect([step.exitCode, step.timedOut]).toEqual([1, false])
    expect(list(step.outputs['failed'])).toEqual(keysUpTo(400))
    expect(workspace.requests.to('secrets/put').length).toBeLessThan(100)
    expect(stored(workspace)).toEqual({})
  })
})

// The header may be wrong. A job must not wait for minutes without need.
describe('Retry-After', () => {
  test('counts only with a transient error', async () => {
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
  })

  test.each([503, 429])('of a %d is not longer than the remaining time for retries', async (status) => {
    fail(
      '/secrets/put',
      undefined,
      apiError(status, 'TEMPORARILY_UNAVAILABLE', 'No.', { 'retry-after': '60' }),
    )
    const step = await syncTo(workspace, { secrets: map(40), ...RETRIES })
    expect([step.exitCode, step.timedOut]).toEqual([1, false])
    const [, seconds] = /It was tried (?:up to )?\d+ times in (?:up to )?([\d.]+) s/.exec(step.log) ?? []
    expect(Number(seconds)).toBeLessThan(40)
  })

  test('of one key does not delay the others', async () => {
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
  })
})

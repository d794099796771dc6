import { createServer, type Server, type Socket } from 'node:net'

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

import { cutShort, hangUp, neverAnswer, type Fault } from '../../emulator/faults.js'
import { apiError, html, json, text, type Reply } from '../../emulator/reply.js'
import { EmulatedWorkspace } from '../../emulator/workspace.js'
import { CLIENT_ID, signInTo, startWorld } from './sign-in/service-principal.js'
import { ahead, HURRIED, syncTo } from './sync-step.js'

let workspace: EmulatedWorkspace

beforeEach(async () => {
  workspace = await EmulatedWorkspace.start()
})

afterEach(async () => {
  await workspace.close()
})

const RETRIES = { 'retry-timeout-seconds': '60' }

/** Replaces the first responses to one call. With `done`, the workspace has applied the request before. */
function spoil(call: string, times: number, answer: (reply: Reply) => Reply | Fault, done = false): void {
  let spoilt = 0
  const nothing = json(200, {})
  workspace.intercept(({ path }, perform) => {
    if (!path.endsWith(call) || spoilt >= times) return undefined
    spoilt++
    return answer(done ? perform() : nothing)
  })
}

/** The number of requests for a call. */
function asked(call: 'secrets/put' | 'secrets/scopes/create' | 'secrets/scopes/list'): number {
  return workspace.requests.to(call).length
}

/** The key that a request writes. */
function keyOf(body: unknown): string {
  return (body as { key?: string } | undefined)?.key ?? ''
}

/** The number of requests that wrote this key. */
function putsOf(key: string): number {
  return workspace.requests.to('secrets/put').filter(({ body }) => keyOf(body) === key).length
}

/** The input for a map of these keys. */
function mapOf(keys: readonly string[]): { secrets: string } {
  return { secrets: JSON.stringify(Object.fromEntries(keys.map((key) => [key, `fake-value-of-${key}`]))) }
}

const THROTTLED = apiError(429, 'REQUEST_LIMIT_EXCEEDED', 'Slow down.', { 'retry-after': '0' })
const LATER = apiError(503, 'TEMPORARILY_UNAVAILABLE', 'Later.')

// One lost connection must not make a nightly job fail.
describe('a transient error is retried', () => {
  test('of each kind', async () => {
    const answers: Record<string, (reply: Reply) => Reply | Fault> = {
      '429': () => THROTTLED,
      '429-of-a-gateway': () => text(429, 'Too many requests'),
      'REQUEST_LIMIT_EXCEEDED-under-another-status': () => apiError(400, 'REQUEST_LIMIT_EXCEEDED', 'Slow.'),
      'RESOURCE_EXHAUSTED-under-another-status': () => apiError(400, 'RESOURCE_EXHAUSTED', 'Slow.'),
      'TEMPORARILY_UNAVAILABLE-under-status-200': () => apiError(200, 'TEMPORARILY_UNAVAILABLE', 'Later.'),
      '500': () => apiError(500, 'INTERNAL_ERROR', 'Oops.'),
      '502-of-a-gateway': () => html(502, '<h1>Bad gateway</h1>'),
      '503': () => LATER,
      '504-of-a-gateway': () => text(504, ''),
      'a-connection-that-is-cut': () => hangUp,
      'an-answer-that-is-cut': (reply) => cutShort(reply, 1),
    }
    // Each key gets its kind twice.
    workspace.intercept(({ path, body }) => {
      if (!path.endsWith('secrets/put')) return undefined
      const key = keyOf(body)
      return putsOf(key) <= 2 ? answers[key]?.(json(200, {})) : undefined
    })
    const keys = Object.keys(answers)
    const step = await syncTo(workspace, { 'retry-timeout-seconds': '3600', ...mapOf(keys) }, HURRIED)
    expect([step.exitCode, step.log]).toEqual([0, expect.stringContaining('11 created')])
    expect(keys.map((key) => [key, putsOf(key)])).toEqual(keys.map((key) => [key, 3]))
    const [[what, reasons = ''] = [], ...others] = step.annotations.map(({ message }) => message.split(': '))
    expect([what, others]).toEqual(['22 requests were retried', []])
    expect(reasons.split(', ').sort()).toEqual([
      '2 failed with a transient error (200)',
      '2 failed with a transient error (500)',
      '2 failed with a transient error (502)',
      '2 failed with a transient error (503)',
      '2 failed with a transient error (504)',
      '4 lost the connection',
      '4 rate-limited (400)',
      '4 rate-limited (429)',
    ])
  })

  test('of each call, and of a request without a response', async () => {
    for (const call of ['secrets/list', 'scopes/list', 'scopes/create'] as const) spoil(call, 1, () => LATER)
    spoil('secrets/put', 1, () => neverAnswer)
    const step = await syncTo(workspace, { 'retry-timeout-seconds': '3600' }, HURRIED)
    expect([step.exitCode, step.log]).toEqual([0, expect.stringContaining('1 created')])
    expect(step.log).toContain('4 requests were retried: 3 failed with a transient error (503), 1 timed out')
  })

  // As when a workspace, or a gateway in front of it, restarts.
  test('of a connection that is refused or is closed during the TLS handshake', async () => {
    const { url } = workspace
    let connections = 0
    const sockets = new Set<Socket>()
    const front: Server = createServer((socket) => {
      sockets.add(socket)
      if (++connections <= 3) socket.destroy()
      else socket.end('HTTP/1.1 403 No\r\ncontent-length: 0\r\n\r\n')
    })
    await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve))
    const { port } = front.address() as { port: number }
    const step = await syncTo({ url: `https://127.0.0.1:${port}` }, { 'retry-timeout-seconds': '2' })
    front.close()
    for (const socket of sockets) socket.destroy()
    expect(connections).toBeGreaterThan(3)
    expect(step.exitCode).toBe(1)

    const port2 = Number(new URL(url).port)
    await workspace.close()
    const started = syncTo({ url }, RETRIES)
    setTimeout(() => void EmulatedWorkspace.start({ port: port2 }).then((next) => (workspace = next)), 1_000)
    expect([(await started).exitCode, (await started).log]).toEqual([
      0,
      expect.stringContaining('not connected'),
    ])
  })

  test('of a token endpoint', async () => {
    const world = await startWorld()
    let spoilt = 0
    world.workspace.intercept(({ path }) =>
      path.startsWith('/oidc/') && ++spoilt <= 3 ? text(503, '') : undefined,
    )
    const inputs = { 'client-id': CLIENT_ID, 'client-secret': world.clientSecret }
    const step = await signInTo(world, { ...inputs, ...RETRIES })
    await world.close()
    expect([step.exitCode, step.log]).toEqual([0, expect.stringContaining('3 requests were retried')])
  })
})

// The keep-alive race: a server closes a connection at the moment when a request is sent on it.
test('a kept-alive connection that was just closed causes no pause', async () => {
  workspace.store.createScope('storage')
  spoil('secrets/put', 1, () => hangUp)
  const step = await syncTo(workspace, RETRIES, { debug: true })
  expect(step.exitCode).toBe(0)
  expect(step.log).toContain('secrets/put: lost the connection; try 2 after a pause of 0 ms')
})

// Retries that cannot succeed waste minutes of a job, and may lock accounts.
describe('nothing is retried', () => {
  test('after a refusal', async () => {
    const replies: Record<string, Reply> = {
      '400': apiError(400, 'INVALID_PARAMETER_VALUE', 'No.'),
      '401': apiError(401, 401, 'No.'),
      '403': apiError(403, 'PERMISSION_DENIED', 'No.'),
      '404': apiError(404, 'ENDPOINT_NOT_FOUND', 'No.'),
      'a-redirect': { status: 307, headers: { location: '/elsewhere' }, body: '' },
      'a-login-page': html(200, '<h1>Sign in</h1>'),
    }
    workspace.intercept(({ path, body }) => (path.endsWith('/put') ? replies[keyOf(body)] : undefined))
    const keys = Object.keys(replies)
    const step = await syncTo(workspace, { ...RETRIES, ...mapOf(keys) })
    expect([step.exitCode, step.outputs['failed']]).toEqual([1, JSON.stringify(keys)])
    expect(keys.map((key) => [key, putsOf(key)])).toEqual(keys.map((key) => [key, 1]))
    expect(step.log).not.toMatch(/sent again|Not sent/)
  })

  test('if retry-timeout-seconds is 0', async () => {
    workspace.intercept(({ path }) => (path.endsWith('/put') ? LATER : undefined))
    expect([(await syncTo(workspace)).exitCode, asked('secrets/put')]).toEqual([1, 1])
  })
})

describe('retry-timeout-seconds', () => {
  // If each of 500 keys had the whole time, sixteen at a time, the run would take hours.
  test('is shared by all requests, and nothing is sent after it', async () => {
    workspace.intercept(({ path }) => (path.endsWith('/put') ? LATER : undefined))
    const secrets = Array.from({ length: 400 }, (_, n) => `k${n}=fake-value-${n}`).join('\n')
    const step = await syncTo(workspace, { secrets, 'retry-timeout-seconds': '2' }, { timeoutMs: 40_000 })
    expect([step.exitCode, step.timedOut]).toEqual([1, false])
    expect(JSON.parse(step.outputs['failed'] ?? '')).toHaveLength(400)
    expect(step.log).toMatch(
      /The workspace refused .* It was tried (?:up to )?\d+ times in (?:up to )?[\d.]+ s\./,
    )
    expect(step.log).toMatch(/ and \d+ more: Not sent, because no request succeeded any more\./)
    const sent = new Set(workspace.requests.to('secrets/put').map(({ body }) => JSON.stringify(body)))
    expect(sent.size).toBeLessThan(200)
  })

  // One key that always fails must not make the others fail.
  test('is not used up while other requests succeed', async () => {
    workspace.intercept(({ path, body }) =>
      path.endsWith('/put') && (body as { key: string }).key === 'k0' ? LATER : undefined,
    )
    const secrets = Array.from({ length: 50 }, (_, n) => `k${n}=fake-value-${n}`).join('\n')
    const step = await syncTo(workspace, { secrets, 'retry-timeout-seconds': '1', concurrency: '1' })
    expect([step.exitCode, step.outputs['failed']]).toEqual([1, '["k0"]'])
  })
})

// The response to a retry must not look like a scope of another job.
describe('a scope whose creation lost its connection', () => {
  test.each<[string, Reply | Fault]>([
    ['by a cut', hangUp],
    ['by a gateway', text(504, '')],
  ])('%s, and which exists afterwards, counts as created', async (_, answer) => {
    spoil('scopes/create', 1, () => answer, true)
    const step = await syncTo(workspace, RETRIES)
    expect([step.exitCode, step.outputs['scope-created']]).toEqual([0, 'true'])
    expect(step.log).toContain('storage (created by this run, or by another job at the same time)')
    expect(asked('secrets/scopes/create')).toBe(2)
    // The state must be read again to see who created it and what it contains.
    expect(asked('secrets/scopes/list')).toBe(2)
  })

  // The fake workspace of the Databricks CLI gives no code for a scope that exists.
  test.each([true, false])('and whose retry is refused without a code: created %p', async (isCreated) => {
    let creations = 0
    workspace.intercept(({ path }, perform) => {
      if (!path.endsWith('scopes/create')) return undefined
      if (++creations > 1) return json(400, { message: 'Scope storage already exists!' })
      if (isCreated) perform()
      return LATER
    })
    const step = await syncTo(workspace, RETRIES)
    expect([step.exitCode, step.outputs['scope-created']]).toEqual([isCreated ? 0 : 1, String(isCreated)])
    expect(asked('secrets/scopes/create')).toBe(2)
    expect(asked('secrets/put')).toBe(isCreated ? 1 : 0)
  })

  test('on the Standard plan is created with users when the retry says so', async () => {
    await workspace.close()
    workspace = await EmulatedWorkspace.start({ plan: 'standard' })
    spoil('scopes/create', 1, () => LATER)
    const step = await syncTo(workspace, RETRIES)
    expect([step.exitCode, step.outputs['scope-created']]).toEqual([0, 'true'])
    expect([...workspace.store.scope('storage').acls]).toEqual([['users', 'MANAGE']])
  })

  test('gets no permissions that would lock this run out of it', async () => {
    spoil('scopes/create', 1, () => {
      workspace.store.createScope('storage', { acls: { 'data-team': 'MANAGE' } })
      return LATER
    })
    const inputs = { ...RETRIES, permissions: 'data-team=READ' }
    const step = await syncTo(workspace, inputs)
    expect([step.exitCode, asked('secrets/put')]).toEqual([1, 0])
    expect(step.log).toContain('would no longer have MANAGE')
  })

  // If this fails, a value that another job wrote is overwritten, and the step succeeds.
  test('and that another job created with a key keeps that key', async () => {
    spoil('scopes/create', 1, () => {
      workspace.store.createScope('Storage', {
        secrets: { BLOB: 'fake-of-the-other-job' },
        acls: { 'ada@example.com': 'MANAGE' },
      })
      return LATER
    })
    const step = await syncTo(workspace, { ...RETRIES, 'if-exists': 'keep' })
    expect([step.exitCode, step.outputs['scope-created'], step.outputs['kept']]).toEqual([
      0,
      'false',
      '["blob"]',
    ])
    expect(workspace.store.scope('storage').secret('blob')?.value.toString()).toBe('fake-of-the-other-job')
    expect(step.log).toContain('Scope           Storage (exists, 1 key)')
  })

  // If this fails, another identity that created the scope can read the secrets, and the report does not mention it.
  test('and that another job created with a permission has that permission reported', async () => {
    spoil('scopes/create', 1, () => {
      workspace.store.createScope('storage', { acls: { 'ada@example.com': 'MANAGE', auditors: 'READ' } })
      return LATER
    })
    const step = await syncTo(workspace, { ...RETRIES, permissions: 'data-team=READ' })
    expect([step.exitCode, step.outputs['scope-created']]).toEqual([0, 'false'])
    expect(step.log).toContain('"auditors" (READ)')
  })

  // If this fails, a gateway with a short timeout makes each first run fail.
  test('each time is listed again before the run gives up', async () => {
    spoil('scopes/create', 1, () => text(504, ''), true)
    const step = await syncTo(workspace)
    expect([step.exitCode, step.outputs['scope-created']]).toEqual([0, 'true'])
    expect(step.log).toContain('storage (created by this run, or by another job at the same time)')
  })

  test.each([
    ['is missing', () => undefined],
    ['cannot be looked for', () => apiError(503, 'TEMPORARILY_UNAVAILABLE', 'Down.')],
  ])('each time, and which then %s, may have been created', async (_, again) => {
    workspace.intercept(({ path }) =>
      path.endsWith('/scopes/list') && asked('secrets/scopes/create') > 0 ? again() : undefined,
    )
    spoil('scopes/create', 1, () => text(504, ''))
    const step = await syncTo(workspace)
    expect([step.exitCode, step.outputs['scope-created']]).toEqual([1, 'false'])
    expect(step.log).toMatch(/HTTP 504.* The write may or may not have been applied/)
    expect(step.log).toContain('Stopped before the first secret was written')
    expect(asked('secrets/put')).toBe(0)
  })

  test('before it could be carried out, and which is there then, is somebody else’s', async () => {
    spoil('scopes/create', 1, () => {
      workspace.store.createScope('storage', { acls: { users: 'WRITE' } })
      return THROTTLED
    })
    const step = await syncTo(workspace, RETRIES)
    expect([step.exitCode, step.outputs['scope-created']]).toEqual([0, 'false'])
    expect(asked('secrets/scopes/list')).toBe(2)
  })
})

// If a write was tried twice, the first try may have been applied.
test('a write that lost its connection and could not be sent again may have been applied', async () => {
  workspace.store.createScope('storage')
  const cutOnce = ahead(`
    import http from 'node:http'
    const { request } = http
    http.request = (options, ...rest) => {
      const again = globalThis.cut === true && options.path.endsWith('/put')
      if (options.path.endsWith('/put')) globalThis.cut = true
      return request(again ? { ...options, port: 9, agent: false } : options, ...rest)
    }`)
  spoil('secrets/put', 1, () => hangUp)
  const step = await syncTo(workspace, { 'retry-timeout-seconds': '1' }, cutOnce)
  expect(step.exitCode).toBe(1)
  expect(step.log).toMatch(
    /blob: No connection to .* It was tried \d+ times .* may or may not have been applied/,
  )
})

// A thousand failed token requests may lock the account.
test('a failed refresh of the token is not repeated for each key', async () => {
  const world = await startWorld()
  let puts = 0
  let renewals = 0
  world.workspace.intercept(({ path }) => {
    if (path.endsWith('/secrets/put') && ++puts === 20) world.workspace.tokens.revokeAll()
    if (puts < 20 || !path.endsWith('/token')) return undefined
    renewals++
    return json(401, { error: 'invalid_client', error_description: 'No.' })
  })
  const secrets = Array.from({ length: 100 }, (_, n) => `k${n}=fake-value-${n}`).join('\n')
  const inputs = { 'client-id': CLIENT_ID, 'client-secret': world.clientSecret }
  const step = await signInTo(world, { ...inputs, secrets })
  await world.close()
  expect([step.exitCode, renewals]).toEqual([1, 1])
  expect(step.log).toContain('invalid_client')
})

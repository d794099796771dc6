import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

import { apiError, redirect } from '../../../emulator/reply.js'
import { HURRIED } from '../sync-step.js'
import type { StepResult } from '../../runner/step.js'
import { CLIENT_ID, signInPaths, signInTo, startWorld, type SignInWorld } from './service-principal.js'

let world: SignInWorld

beforeEach(async () => {
  world = await startWorld()
})

afterEach(async () => {
  await world.close()
})

function byClientSecret(): Record<string, string> {
  return { 'client-id': CLIENT_ID, 'client-secret': world.clientSecret }
}

const MANY = Array.from({ length: 200 }, (_, n) => `k${n}=fake-value-${n}`).join('\n')

// A token of GitHub is valid for five minutes. A run of six minutes must not fail in the middle.
describe('a token that expires in the middle of 200 puts', () => {
  test.each([
    ['oauth-m2m', () => ({ inputs: byClientSecret(), variables: {} })],
    ['github-oidc', () => ({ inputs: { 'client-id': CLIENT_ID }, variables: world.github.variables })],
  ])('is refreshed once, and all keys are written: %s', async (authType, how) => {
    let puts = 0
    world.workspace.intercept(({ path }) => {
      if (path.endsWith('/secrets/put') && ++puts === 100) world.workspace.tokens.revokeAll()
      return undefined
    })
    const { inputs, variables } = how()
    const step = await signInTo(world, { ...inputs, secrets: MANY }, { runnerVariables: variables })
    expect([step.exitCode, step.log]).toEqual([0, expect.stringContaining('200 created')])
    expect(world.workspace.tokens.issued).toHaveLength(2)
    expect(world.workspace.store.scope('storage').secrets).toHaveLength(200)
    expect(world.github.requests.all.filter(({ path }) => path === '/token')).toHaveLength(
      authType === 'github-oidc' ? 2 : 0,
    )
  })
})

describe('a token', () => {
  // Otherwise, every request would be rejected once.
  test('is refreshed before it expires', async () => {
    await world.close()
    // The clock of the workspace stands still, so no token expires there. Only the clock of the action causes a refresh.
    const start = Date.now()
    world = await startWorld({ accessTokenSeconds: 1, latencyMs: 150, clock: () => start })
    const step = await signInTo(world, { ...byClientSecret(), secrets: MANY })
    expect(step.exitCode).toBe(0)
    expect(world.workspace.tokens.issued.length).toBeGreaterThan(1)
    expect(world.workspace.requests.all.filter(({ status }) => status === 401)).toEqual([])
  })

  // If every token is rejected, the action would request tokens forever.
  test('is refreshed at most once for each request', async () => {
    world.workspace.intercept(({ path }) =>
      path.startsWith('/api/') ? apiError(401, 401, 'No.') : undefined,
    )
    const step = await signInTo(world, byClientSecret())
    expect(step.exitCode).toBe(1)
    expect(world.workspace.tokens.issued.length).toBeLessThanOrEqual(3)
    expect(step.log).toContain('HTTP 401')
  })

  test('of a user is not requested twice', async () => {
    const step = await signInTo(world, { token: 'fake-token-of-nobody' })
    expect(step.exitCode).toBe(1)
    expect(world.workspace.requests.all).toHaveLength(2)
  })
})

describe('a host of several workspaces', () => {
  beforeEach(async () => {
    await world.close()
    world = await startWorld({ workspaceId: '42', requireWorkspaceId: true })
  })

  test('has its token endpoint in its metadata, and gets the workspace id and one token for all requests', async () => {
    const step = await signInTo(world, { ...byClientSecret(), 'workspace-id': '42', secrets: MANY })
    expect([step.exitCode, step.log]).toEqual([0, expect.anything()])
    expect(world.workspace.tokens.issued).toHaveLength(1)
    expect(signInPaths(world)).toContain('GET /.well-known/databricks-config')
    for (const { path, headers } of world.workspace.requests.all.filter(({ path: call }) =>
      call.startsWith('/api/'),
    )) {
      expect([path, headers['x-databricks-workspace-id']]).toEqual([path, '42'])
    }
  })
})

describe('the metadata of the host', () => {
  // Its retries must not use up the time that authentication needs.
  test.each([
    ['is refused for the moment', () => apiError(503, 'TEMPORARILY_UNAVAILABLE', 'No.')],
    ['never comes', () => new Promise<never>(() => undefined)],
  ])('is not required if it %s', async (_, answer) => {
    world.workspace.intercept(({ path }) =>
      path === '/.well-known/databricks-config' ? answer() : undefined,
    )
    const step = await signInTo(
      world,
      { 'client-id': CLIENT_ID, 'retry-timeout-seconds': '300' },
      { ...HURRIED, runnerVariables: world.github.variables },
    )
    // The metadata would have another audience than the endpoint, so the policy of this test rejects the token.
    expect([step.exitCode, step.log]).toEqual([1, expect.stringContaining('No federation policy takes')])
  })
})

describe('a token endpoint that goes down', () => {
  async function runWith(lifetimeSeconds: number): Promise<StepResult> {
    await world.close()
    const start = Date.now()
    world = await startWorld({ accessTokenSeconds: lifetimeSeconds, clock: () => start })
    let tokens = 0
    world.workspace.intercept(({ path }) =>
      path === '/oidc/v1/token' && ++tokens > 1 ? apiError(503, 'TEMPORARILY_UNAVAILABLE', 'No.') : undefined,
    )
    // At this rate, the run takes longer than the lifetime of the token.
    return await signInTo(world, {
      ...byClientSecret(),
      secrets: MANY,
      'requests-per-second': '20',
      'retry-timeout-seconds': '1',
    })
  }

  test('is named in the error after the token has expired, and not the workspace', async () => {
    const step = await runWith(1)
    expect(step.exitCode).toBe(1)
    expect(step.log).toContain('Signing in with oauth-m2m failed.')
    expect(step.log).not.toContain('nothing got through')
  })
})

// Otherwise, a manipulated response could send the client secret or the token of the job to an attacker.
describe('credentials are sent to no other host', () => {
  // For other addresses: __tests__/databricks/auth/discovery.test.ts.
  test.each([
    ['another host', { tokenEndpoint: 'https://evil.example/oidc/v1/token' }],
    ['no address', { tokenEndpoint: 'token' }],
  ])('when the workspace names %s', async (_, options) => {
    await world.close()
    world = await startWorld(options)
    const step = await signInTo(world, byClientSecret())
    expect([step.exitCode, step.log]).toEqual([1, expect.stringContaining('Check the input host.')])
    expect(signInPaths(world)).toEqual(['GET /oidc/.well-known/oauth-authorization-server'])
  })

  test('when the metadata of a host of several workspaces names another', async () => {
    await world.close()
    world = await startWorld({
      workspaceId: '42',
      requireWorkspaceId: true,
      oidcEndpoint: 'https://evil.example/oidc',
    })
    const step = await signInTo(world, { ...byClientSecret(), 'workspace-id': '42' })
    expect([step.exitCode, signInPaths(world)]).toEqual([1, ['GET /.well-known/databricks-config']])
  })

  test('when the token endpoint redirects', async () => {
    world.workspace.intercept(({ path }) =>
      path === '/oidc/v1/token' ? redirect('https://evil.example/', 307) : undefined,
    )
    const step = await signInTo(world, byClientSecret())
    expect([step.exitCode, step.log]).toEqual([1, expect.stringContaining('which is not followed')])
  })

  test("when GitHub's address does not use https", async () => {
    const variables = { ...world.github.variables, ACTIONS_ID_TOKEN_REQUEST_URL: 'http://evil.example/token' }
    const step = await signInTo(world, { 'client-id': CLIENT_ID }, { runnerVariables: variables })
    expect([step.exitCode, step.log]).toEqual([1, expect.stringContaining('is not an https address')])
  })
})

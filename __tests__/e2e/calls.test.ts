import { afterEach, describe, expect, test } from '@jest/globals'

import { EmulatedWorkspace } from '../../emulator/workspace.js'
import { syncTo } from './sync-step.js'

let workspace: EmulatedWorkspace

afterEach(async () => {
  await workspace.close()
})

function map(count: number): string {
  return Array.from({ length: count }, (_, index) => `key-${index}=fake-${index}`).join('\n')
}

// Workspaces have rate limits, and each round trip delays a release.
describe('the calls of a run', () => {
  test.each([
    { into: 'an existing scope', plan: 'premium', exists: true, more: 2 },
    { into: 'a new scope', plan: 'premium', exists: false, more: 3 },
    { into: 'a new scope on the standard plan', plan: 'standard', exists: false, more: 4 },
  ] as const)('are the secrets and $more more, into $into', async ({ plan, exists, more }) => {
    workspace = await EmulatedWorkspace.start({ plan })
    if (exists) workspace.store.createScope('storage')
    for (const count of [1, 40]) {
      workspace.requests.reset()
      if (!exists && workspace.store.has('storage')) workspace.store.deleteScope('storage')
      expect((await syncTo(workspace, { secrets: map(count) })).exitCode).toBe(0)
      expect(workspace.requests.all).toHaveLength(count + more)
      expect(workspace.requests.to('secrets/put')).toHaveLength(count)
      expect(workspace.store.scope('storage').secrets).toHaveLength(count)
    }
  })

  test('begin with two that are sent at the same time', async () => {
    workspace = await EmulatedWorkspace.start()
    // Both responses wait until both requests are received. Requests one after the other would wait forever.
    let arrived = 0
    let release: () => void = () => undefined
    const both = new Promise<void>((resolve) => (release = resolve))
    workspace.intercept(async ({ method }) => {
      if (method === 'GET' && ++arrived === 2) release()
      await both
      return undefined
    })
    expect((await syncTo(workspace)).exitCode).toBe(0)
    const [first, second] = workspace.requests.all
    expect([first?.path, second?.path].sort()).toEqual([
      '/api/2.0/secrets/list',
      '/api/2.0/secrets/scopes/list',
    ])
    expect(workspace.requests.maxInFlight(workspace.requests.all.slice(0, 2))).toBe(2)
  })

  // Some workspaces refuse more than 20 at a time. One at a time would take a minute for a large map.
  test('write secrets in parallel, sixteen at a time', async () => {
    workspace = await EmulatedWorkspace.start()
    // The responses wait until sixteen puts are received. A seventeenth would have had time to be sent.
    let arrived = 0
    let release: () => void = () => undefined
    const sixteen = new Promise<void>((resolve) => (release = resolve))
    workspace.intercept(async ({ path }) => {
      if (path.endsWith('/put') && ++arrived === 16) setTimeout(release, 200)
      if (path.endsWith('/put')) await sixteen
      return undefined
    })
    expect((await syncTo(workspace, { secrets: map(50) })).exitCode).toBe(0)
    expect(workspace.requests.maxInFlight(workspace.requests.to('secrets/put'))).toBe(16)
  })

  test('have the token, the workspace id and a user agent', async () => {
    workspace = await EmulatedWorkspace.start({ workspaceId: '123', requireWorkspaceId: true })
    const { exitCode } = await syncTo(workspace, { host: `${workspace.url}/browse?o=123#secrets` })
    expect(exitCode).toBe(0)
    for (const { headers } of workspace.requests.to('secrets/put')) {
      expect(headers['content-type']).toBe('application/json; charset=utf-8')
    }
    for (const { headers } of workspace.requests.all) {
      expect(headers).toMatchObject({
        authorization: 'Bearer fake-token-of-ada',
        'x-databricks-workspace-id': '123',
      })
      expect(headers['accept']).toBe('application/json')
      expect(headers['user-agent']).toMatch(/^databricks-secrets-sync\/\d+\.\d+\.\d+$/)
    }
  })
})

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

// Workspaces throttle, and each round trip is time that a release waits.
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
    // Neither is answered before both are there: one after the other would wait for ever.
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

  // More than 20 at once are refused by some workspaces; one at a time is a minute for a large map.
  test('write secrets in parallel, sixteen at a time', async () => {
    workspace = await EmulatedWorkspace.start()
    // No put is answered before sixteen are there, and then a seventeenth would have had time to come.
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

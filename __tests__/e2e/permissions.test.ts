import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'

import { EmulatedWorkspace } from '../../emulator/workspace.js'
import { everythingSaid, syncTo } from './sync-step.js'

let workspace: EmulatedWorkspace

beforeAll(async () => {
  workspace = await EmulatedWorkspace.start()
})

afterAll(async () => {
  await workspace.close()
})

// Setting only some of the permissions, or printing a credential as a principal, is worse than doing nothing.
describe('with invalid lines in permissions', () => {
  test('nothing is sent, each error names its line, and no line is shown', async () => {
    const permissions = '\n# who\nfake-team=READ\nFake-Team: of\n=READ\nFAKE-TEAM=MANAGE'
    const step = await syncTo(workspace, { permissions })
    expect(step.exitCode).toBe(1)
    expect(workspace.requests.all).toEqual([])
    expect(step.log).toContain('permissions, line 4: not a permission')
    expect(step.log).toContain('permissions, line 5: no principal')
    expect(step.log).toContain('permissions, line 6: same principal as permissions, line 3')
    expect(everythingSaid(step)).not.toMatch(/fake-team/i)
  })

  test('nothing is sent when a principal contains the token', async () => {
    const step = await syncTo(workspace, { permissions: 'x-fake-token-of-ada-y=READ' })
    expect(step.exitCode).toBe(1)
    expect(workspace.requests.all).toEqual([])
    expect(step.log).toContain('permissions, line 1: the principal contains a credential of this run')
    expect(everythingSaid(step)).not.toContain('fake-token-of-ada')
  })
})

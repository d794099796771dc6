import { expect, test } from '@jest/globals'
import { losePermissionsInParallel } from '../../emulator/lost-permissions.js'
import { posting, signal, start } from './wire.js'

const grant = (principal: string) => ({ scope: 's', principal, permission: 'READ' })

// Otherwise no test would find a client that writes permissions in parallel and loses some.
test('of permissions that are written in parallel only the first is stored, but all responses are successes', async () => {
  const workspace = await start()
  const { acls } = workspace.store.createScope('s')
  const allThere = signal()
  workspace.intercept(async () => {
    if (workspace.requests.all.length === 3) allThere.give()
    await allThere.given
    return undefined
  })
  workspace.intercept(losePermissionsInParallel(workspace.requests))
  const answers = await Promise.all(
    ['auditors', 'data-team', 'admins'].map((name) => posting(workspace)('secrets/acls/put', grant(name))),
  )
  expect(answers.map(({ status, body }) => [status, body])).toEqual([
    [200, {}],
    [200, {}],
    [200, {}],
  ])
  expect(acls.size).toBe(2)
})

test('permissions that are written one by one are all stored, and other calls are not affected', async () => {
  const workspace = await start()
  const { acls } = workspace.store.createScope('s')
  workspace.intercept(losePermissionsInParallel(workspace.requests))
  for (const name of ['auditors', 'data-team', 'admins']) {
    await posting(workspace)('secrets/acls/put', grant(name))
  }
  expect([...acls.keys()]).toEqual(['users', 'auditors', 'data-team', 'admins'])
  const put = (key: string) => posting(workspace)('secrets/put', { scope: 's', key, string_value: 'v' })
  await Promise.all(['a', 'b', 'c'].map(put))
  expect(workspace.store.scope('s').secrets).toHaveLength(3)
})

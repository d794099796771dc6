import { describe, expect, test } from '@jest/globals'

import { json } from '../../emulator/reply.js'
import { start } from '../emulator/wire.js'
import { connect } from './connect.js'

describe('the identity of the run', () => {
  test.each([
    ['a user', 'ada', 'ada@example.com', ['users', 'data-team']],
    ['a service principal', 'ci', '00000000-0000-4000-8000-00000000c1c1', ['users', 'data-team']],
    ['an admin', 'root', 'root@example.com', ['users', 'admins']],
  ])('is %s by the name that ACLs use', async (_, who, name, groups) => {
    const workspace = await start()
    const { identity } = connect(workspace, who)
    expect(await identity.getIdentity()).toEqual({ name, groups })
    expect(workspace.requests.all.map(({ path }) => path)).toEqual(['/api/2.0/preview/scim/v2/Me'])
  })

  // With a wrong identity, a run would remove its own MANAGE permission and not notice it.
  test.each([
    ['no groups', { userName: 'a@b.c' }, []],
    [
      'unreadable groups',
      { userName: 'a@b.c', groups: ['admins', null, { display: 1 }, { display: 'g' }] },
      ['g'],
    ],
    ['groups that are no list', { userName: 'a@b.c', groups: 'admins' }, []],
  ])('is read from a response with %s', async (_, answer, groups) => {
    const workspace = await start()
    const { identity } = connect(workspace)
    workspace.intercept(() => json(200, answer))
    expect(await identity.getIdentity()).toEqual({ name: 'a@b.c', groups })
  })

  test.each([{}, { userName: '' }, { userName: 7 }, { userName: 'a b' }, { userName: 'a\nb' }])(
    'is not read from %j',
    async (answer) => {
      const workspace = await start()
      const { identity } = connect(workspace)
      workspace.intercept(() => json(200, answer))
      await expect(identity.getIdentity()).rejects.toMatchObject({ failure: 'unexpected-response' })
    },
  )
})

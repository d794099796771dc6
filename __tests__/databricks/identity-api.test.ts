import { describe, expect, test } from '@jest/globals'

import { json } from '../../emulator/reply.js'
import { start } from '../emulator/wire.js'
import { converse } from './conversation.js'

describe('who we are', () => {
  test.each([
    ['a user', 'ada', 'ada@example.com', ['users', 'data-team']],
    ['a service principal', 'ci', '00000000-0000-4000-8000-00000000c1c1', ['users', 'data-team']],
    ['an admin', 'root', 'root@example.com', ['users', 'admins']],
  ])('is known of %s as ACLs name them', async (_, who, name, groups) => {
    const workspace = await start()
    const { identity } = converse(workspace, who)
    expect(await identity.whoAmI()).toEqual({ name, groups })
    expect(workspace.requests.all.map(({ path }) => path)).toEqual(['/api/2.0/preview/scim/v2/Me'])
  })

  // Known wrongly, a run would take its own MANAGE and believe that it still has it.
  test.each([
    ['no groups', { userName: 'a@b.c' }, []],
    [
      'groups that cannot be read',
      { userName: 'a@b.c', groups: ['admins', null, { display: 1 }, { display: 'g' }] },
      ['g'],
    ],
    ['groups that are none', { userName: 'a@b.c', groups: 'admins' }, []],
  ])('is known with %s', async (_, answer, groups) => {
    const workspace = await start()
    const { identity } = converse(workspace)
    workspace.intercept(() => json(200, answer))
    expect(await identity.whoAmI()).toEqual({ name: 'a@b.c', groups })
  })

  test.each([{}, { userName: '' }, { userName: 7 }, { userName: 'a b' }, { userName: 'a\nb' }])(
    'is not known from %j',
    async (answer) => {
      const workspace = await start()
      const { identity } = converse(workspace)
      workspace.intercept(() => json(200, answer))
      await expect(identity.whoAmI()).rejects.toMatchObject({ failure: 'unexpected-response' })
    },
  )
})

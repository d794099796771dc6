import { REFUSALS } from '../refusals.js'
import { aclOperation } from './acls.js'
import type { Case } from './case.js'
import { awkwardText } from './values.js'

const BY_ANOTHER = { plans: ['premium'], needs: ['another identity'] } as const

/** What an ACL allows a user that is not an admin. */
export const PERMISSION_CASES: readonly Case[] = [
  {
    ...BY_ANOTHER,
    title: 'without READ: list refused',
    async play(world) {
      await world.givenScope()
      await world.refused(
        { do: 'listSecrets', scope: world.scope },
        REFUSALS.permissionDenied,
        world.other.target,
      )
    },
  },
  {
    ...BY_ANOTHER,
    title: 'with READ: list allowed, put refused',
    async play(world) {
      await world.givenScope()
      await world.givenSecret('key', 'fake-value')
      const { target, principal } = world.other
      await world.givenAcl(principal, 'READ')
      const { scope } = world
      await world.refused(
        { do: 'putString', scope, key: 'key', value: 'fake-value' },
        REFUSALS.permissionDenied,
        target,
      )
      const secrets = await world.done({ do: 'listSecrets', scope }, target)
      world.agree(
        'the keys',
        secrets.map(({ key }) => key),
        ['key'],
      )
    },
  },
  {
    ...BY_ANOTHER,
    title: 'with WRITE: put allowed, ACLs refused',
    async play(world) {
      await world.givenScope()
      const { target, principal } = world.other
      await world.givenAcl(principal, 'WRITE')
      const { scope } = world
      await world.done({ do: 'putString', scope, key: 'key', value: 'fake-value' }, target)
      await world.refused(
        { do: 'putAcl', scope, principal: 'users', permission: 'READ' },
        REFUSALS.permissionDenied,
        target,
      )
    },
  },
  {
    ...BY_ANOTHER,
    title: 'with WRITE: deletion of the scope refused',
    async play(world) {
      await world.givenScope()
      const { target, principal } = world.other
      await world.givenAcl(principal, 'WRITE')
      await world.refused({ do: 'deleteScope', scope: world.scope }, REFUSALS.permissionDenied, target)
    },
  },
  ...(['getAcl', 'listAcls', 'deleteAcl'] as const).map((call): Case => ({
    ...BY_ANOTHER,
    title: `with WRITE: ${call} refused`,
    async play(world) {
      await world.givenScope()
      await world.givenAcl('users', 'READ')
      const { target, principal } = world.other
      await world.givenAcl(principal, 'WRITE')
      await world.refused(aclOperation(call, world.scope), REFUSALS.permissionDenied, target)
    },
  })),
  {
    ...BY_ANOTHER,
    title: 'without READ: read refused',
    needs: ['another identity', 'reads'],
    async play(world) {
      await world.givenScope()
      await world.givenSecret('key', 'fake-value')
      const { scope } = world
      await world.refused(
        { do: 'getSecret', scope, key: 'key' },
        REFUSALS.permissionDenied,
        world.other.target,
      )
    },
  },
  {
    ...BY_ANOTHER,
    title: 'with READ: read allowed',
    needs: ['another identity', 'reads'],
    async play(world) {
      await world.givenScope()
      const value = awkwardText()
      await world.givenSecret('key', value)
      const { target, principal } = world.other
      await world.givenAcl(principal, 'READ')
      const { base64 } = await world.done({ do: 'getSecret', scope: world.scope, key: 'key' }, target)
      world.agreeOnValue('the value', Buffer.from(base64, 'base64'), Buffer.from(value))
    },
  },
  {
    ...BY_ANOTHER,
    title: 'with READ: deletion of a secret refused',
    async play(world) {
      await world.givenScope()
      await world.givenSecret('key', 'fake-value')
      const { target, principal } = world.other
      await world.givenAcl(principal, 'READ')
      const { scope } = world
      await world.refused({ do: 'deleteSecret', scope, key: 'key' }, REFUSALS.permissionDenied, target)
    },
  },
]

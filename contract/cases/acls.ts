import { REFUSALS } from '../refusals.js'
import type { Operation } from '../operations.js'
import type { World } from '../world.js'
import type { Case } from './case.js'

async function aclsOf(world: World): Promise<Record<string, string>> {
  return Object.fromEntries((await world.acls()).map(({ principal, permission }) => [principal, permission]))
}

/** An operation on ACLs that uses only the scope, the principal `users`, and READ. */
export function aclOperation(call: 'putAcl' | 'getAcl' | 'listAcls' | 'deleteAcl', scope: string): Operation {
  const principal = 'users'
  if (call === 'listAcls') return { do: call, scope }
  return call === 'putAcl'
    ? { do: call, scope, principal, permission: 'READ' }
    : { do: call, scope, principal }
}

const PREMIUM = { plans: ['premium'] } as const

/** Writing, reading, listing and deleting ACLs. */
export const ACL_CASES: readonly Case[] = [
  {
    ...PREMIUM,
    title: 'set an ACL for each kind of principal',
    async play(world) {
      await world.givenScope()
      const { scope } = world
      for (const principal of world.principals) {
        await world.done({ do: 'putAcl', scope, principal, permission: 'READ' })
      }
      const acls = await aclsOf(world)
      world.agree(
        'the permissions',
        world.principals.map((principal) => acls[principal]),
        world.principals.map(() => 'READ'),
      )
    },
  },
  {
    ...PREMIUM,
    title: 'set an ACL: a second one overwrites',
    async play(world) {
      await world.givenScope()
      await world.givenAcl('users', 'READ')
      await world.done({ do: 'putAcl', scope: world.scope, principal: 'users', permission: 'WRITE' })
      world.agree('the permission', (await aclsOf(world))['users'], 'WRITE')
    },
  },
  {
    ...PREMIUM,
    title: 'set an ACL: refused for a bad permission',
    async play(world) {
      await world.givenScope()
      await world.refused(
        { do: 'putAcl', scope: world.scope, principal: 'users', permission: 'OWN' },
        REFUSALS.invalidParameter,
      )
    },
  },
  {
    ...PREMIUM,
    title: 'set an ACL: refused for an unknown principal',
    async play(world) {
      await world.givenScope()
      await world.refused(
        { do: 'putAcl', scope: world.scope, principal: 'nobody@nowhere.example', permission: 'READ' },
        REFUSALS.invalidParameter,
      )
    },
  },
  {
    ...PREMIUM,
    title: 'set an ACL: refused without a scope',
    async play(world) {
      await world.refused(
        { do: 'putAcl', scope: world.scope, principal: 'users', permission: 'READ' },
        REFUSALS.doesNotExist,
      )
    },
  },
  {
    ...PREMIUM,
    title: 'read the ACL of each kind of principal',
    async play(world) {
      await world.givenScope()
      for (const principal of world.principals) {
        await world.givenAcl(principal, 'WRITE')
        const acl = await world.done({ do: 'getAcl', scope: world.scope, principal })
        world.agree('the ACL', acl, { principal, permission: 'WRITE' })
      }
    },
  },
  {
    ...PREMIUM,
    title: 'read an ACL: refused when there is none',
    async play(world) {
      await world.givenScope()
      await world.refused({ do: 'getAcl', scope: world.scope, principal: 'users' }, REFUSALS.doesNotExist)
    },
  },
  {
    ...PREMIUM,
    title: 'list ACLs',
    async play(world) {
      await world.givenScope()
      await world.givenAcl('users', 'READ')
      const acls = await world.done({ do: 'listAcls', scope: world.scope })
      world.agree('the permissions', acls.map(({ permission }) => permission).sort(), ['MANAGE', 'READ'])
      world.agree(
        'the ACL of users',
        acls.filter(({ principal }) => principal === 'users'),
        [{ principal: 'users', permission: 'READ' }],
      )
    },
  },
  {
    ...PREMIUM,
    title: 'delete an ACL',
    async play(world) {
      await world.givenScope()
      await world.done({ do: 'putAcl', scope: world.scope, principal: 'users', permission: 'READ' })
      await world.done({ do: 'deleteAcl', scope: world.scope, principal: 'users' })
      world.agree('the permission', (await aclsOf(world))['users'], undefined)
    },
  },
  {
    ...PREMIUM,
    title: 'delete an ACL: refused when there is none',
    async play(world) {
      await world.givenScope()
      await world.refused({ do: 'deleteAcl', scope: world.scope, principal: 'users' }, REFUSALS.doesNotExist)
    },
  },
  ...(['putAcl', 'getAcl', 'listAcls', 'deleteAcl'] as const).map((call): Case => ({
    title: `${call}: refused on Standard`,
    plans: ['standard'],
    async play(world) {
      await world.givenScope()
      await world.refused(aclOperation(call, world.scope), REFUSALS.aclsDisabled)
    },
  })),
  ...(['getAcl', 'listAcls', 'deleteAcl'] as const).map((call): Case => ({
    ...PREMIUM,
    title: `${call}: refused without a scope`,
    async play(world) {
      await world.refused(aclOperation(call, world.scope), REFUSALS.doesNotExist)
    },
  })),
]

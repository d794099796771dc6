import { REFUSALS } from '../refusals.js'
import type { World } from '../world.js'
import type { Case } from './case.js'

async function aclsOf(world: World): Promise<Record<string, string>> {
  const { items } = await world.rest.get<{ items: { principal: string; permission: string }[] }>(
    '/api/2.0/secrets/acls/list',
    { scope: world.scope },
  )
  return Object.fromEntries(items.map(({ principal, permission }) => [principal, permission]))
}

async function grant(world: World, principal: string, permission: string): Promise<void> {
  await world.rest.post('/api/2.0/secrets/acls/put', { scope: world.scope, principal, permission })
}

const PREMIUM = { plans: ['premium'] } as const

/** Setting, reading, listing and deleting ACLs, and what they allow. */
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
      await grant(world, 'users', 'READ')
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
        await grant(world, principal, 'WRITE')
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
      await grant(world, 'users', 'READ')
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
      const { scope } = world
      const principal = 'users'
      await world.refused(
        call === 'listAcls'
          ? { do: call, scope }
          : call === 'putAcl'
            ? { do: call, scope, principal, permission: 'READ' }
            : { do: call, scope, principal },
        REFUSALS.aclsDisabled,
      )
    },
  })),
  {
    ...PREMIUM,
    title: 'without READ: list refused',
    needs: ['another identity'],
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
    ...PREMIUM,
    title: 'with READ: list allowed, put refused',
    needs: ['another identity'],
    async play(world) {
      await world.givenScope()
      await world.givenSecret('key', 'fake-value')
      const { target, principal } = world.other
      await grant(world, principal, 'READ')
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
    ...PREMIUM,
    title: 'with WRITE: put allowed, ACLs refused',
    needs: ['another identity'],
    async play(world) {
      await world.givenScope()
      const { target, principal } = world.other
      await grant(world, principal, 'WRITE')
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
    ...PREMIUM,
    title: 'with WRITE: deletion of the scope refused',
    needs: ['another identity'],
    async play(world) {
      await world.givenScope()
      const { target, principal } = world.other
      await grant(world, principal, 'WRITE')
      await world.refused({ do: 'deleteScope', scope: world.scope }, REFUSALS.permissionDenied, target)
    },
  },
]

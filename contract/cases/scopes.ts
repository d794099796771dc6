import { REFUSALS } from '../refusals.js'
import type { Case } from './case.js'

/** A vault in a subscription that does not exist. */
const KEY_VAULT = {
  resourceId:
    '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v',
  dnsName: 'https://v.vault.azure.net/',
}

/** Creating, listing and deleting scopes. */
export const SCOPE_CASES: readonly Case[] = [
  {
    title: 'create a scope, its creator manages it',
    plans: ['premium'],
    async play(world) {
      await world.done({ do: 'createScope', scope: world.scope })
      world.agree('the ACLs', await world.acls(), [{ principal: await world.caller(), permission: 'MANAGE' }])
    },
  },
  {
    title: 'create a scope for users',
    async play(world) {
      await world.done({ do: 'createScope', scope: world.scope, initialManagePrincipal: 'users' })
      world.agree('the scope', await world.scopesListed(), [
        { name: world.scope, backend_type: 'DATABRICKS' },
      ])
      if (world.plan === 'standard') return
      world.agree('the ACLs', await world.acls(), [{ principal: 'users', permission: 'MANAGE' }])
    },
  },
  {
    title: 'create: refused without users on Standard',
    plans: ['standard'],
    async play(world) {
      await world.refused({ do: 'createScope', scope: world.scope }, REFUSALS.premiumDisabled)
    },
  },
  {
    title: 'create: refused for another principal',
    plans: ['premium'],
    async play(world) {
      await world.refused(
        { do: 'createScope', scope: world.scope, initialManagePrincipal: 'TestGroup' },
        REFUSALS.principalNotAllowed('TestGroup'),
      )
    },
  },
  {
    title: 'create: refused when it exists',
    async play(world) {
      await world.givenScope()
      await world.refused(
        { do: 'createScope', scope: world.scope, initialManagePrincipal: 'users' },
        REFUSALS.scopeExists(world.scope),
      )
    },
  },
  {
    title: 'create: refused in different case',
    async play(world) {
      await world.givenScope()
      // It is unknown which of the two spellings the message contains.
      const { status, code } = REFUSALS.scopeExists(world.scope)
      await world.refused(
        { do: 'createScope', scope: world.scope.toUpperCase(), initialManagePrincipal: 'users' },
        { status, code },
      )
    },
  },
  {
    title: 'create: refused for a bad name',
    async play(world) {
      await world.refused(
        { do: 'createScope', scope: `${world.scope} with blanks`, initialManagePrincipal: 'users' },
        REFUSALS.invalidParameter,
      )
    },
  },
  {
    title: 'create: refused for a name of 129 characters',
    async play(world) {
      await world.refused(
        { do: 'createScope', scope: world.scope.padEnd(129, 'x'), initialManagePrincipal: 'users' },
        REFUSALS.invalidParameter,
      )
    },
  },
  {
    title: 'create: refused for a reserved name',
    needs: ['emulator'],
    workspace: { reservedScopes: ['system'] },
    async play(world) {
      await world.refused(
        { do: 'createScope', scope: 'System', initialManagePrincipal: 'users' },
        REFUSALS.nameReserved,
      )
    },
  },
  {
    title: 'create: refused for a key vault with a PAT',
    needs: ['azure'],
    async play(world) {
      await world.refused(
        { do: 'createScope', scope: world.scope, initialManagePrincipal: 'users', keyVault: KEY_VAULT },
        REFUSALS.entraTokenMissing,
      )
    },
  },
  {
    title: 'create: refused for scope number 1,001',
    needs: ['emulator'],
    async play(world) {
      for (let n = 1; n <= 1_000; n++) world.emulator.store.createScope(`scope-${n}`)
      await world.refused(
        { do: 'createScope', scope: world.scope, initialManagePrincipal: 'users' },
        REFUSALS.limitExceeded,
      )
    },
  },
  {
    title: 'list scopes',
    async play(world) {
      await world.givenScope()
      const scopes = await world.done({ do: 'listScopes' })
      world.agree(
        'the scope',
        scopes.filter(({ name }) => name === world.scope),
        [{ name: world.scope, backend: 'DATABRICKS' }],
      )
    },
  },
  {
    title: 'list scopes: none at all',
    needs: ['emulator'],
    async play(world) {
      world.agree('the scopes', await world.done({ do: 'listScopes' }), [])
    },
  },
  {
    title: 'list scopes: one of a key vault',
    needs: ['emulator'],
    async play(world) {
      const { resourceId, dnsName } = KEY_VAULT
      world.emulator.store.createScope('vault', { keyVault: { resource_id: resourceId, dns_name: dnsName } })
      world.agree('the scopes', await world.done({ do: 'listScopes' }), [
        { name: 'vault', backend: 'AZURE_KEYVAULT', vault: dnsName },
      ])
    },
  },
  {
    title: 'delete a scope',
    async play(world) {
      await world.givenScope()
      await world.done({ do: 'deleteScope', scope: world.scope })
      world.agree('scopes left', await world.scopesListed(), [])
    },
  },
  {
    title: 'delete a scope: refused when there is none',
    async play(world) {
      await world.refused({ do: 'deleteScope', scope: world.scope }, REFUSALS.doesNotExist)
    },
  },
]

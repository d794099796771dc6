import { randomBytes } from 'node:crypto'
import { REFUSALS } from '../refusals.js'
import type { World } from '../world.js'
import type { Case } from './case.js'
import { awkwardBytes, awkwardText, MAX_VALUE_BYTES } from './values.js'

async function put(world: World, key: string, value: string): Promise<void> {
  await world.done({ do: 'putString', scope: world.scope, key, value })
}

/** Writing secrets. */
export const PUT_CASES: readonly Case[] = [
  {
    title: 'put a string',
    needs: ['reads'],
    async play(world) {
      await world.givenScope()
      const value = awkwardText()
      await put(world, 'text', value)
      world.agreeOnValue('the value', await world.bytesOf('text'), Buffer.from(value))
    },
  },
  {
    title: 'put bytes',
    needs: ['reads'],
    async play(world) {
      await world.givenScope()
      const value = awkwardBytes()
      await world.done({ do: 'putBytes', scope: world.scope, key: 'bytes', base64: value.toString('base64') })
      world.agreeOnValue('the value', await world.bytesOf('bytes'), value)
    },
  },
  {
    title: 'put: a second one overwrites',
    needs: ['reads'],
    async play(world) {
      await world.givenScope()
      await world.givenSecret('key', 'fake-old-value')
      await put(world, 'key', 'fake-new-value')
      world.agreeOnValue('the value', await world.bytesOf('key'), Buffer.from('fake-new-value'))
    },
  },
  {
    title: 'put: also in different case',
    needs: ['reads'],
    async play(world) {
      await world.givenScope()
      await world.givenSecret('API_KEY', 'fake-old-value')
      await put(world, 'api_key', 'fake-new-value')
      world.agreeOnValue('the value', await world.bytesOf('API_KEY'), Buffer.from('fake-new-value'))
      const { secrets } = await world.rest.get<{ secrets: unknown[] }>('/api/2.0/secrets/list', {
        scope: world.scope,
      })
      world.agree('the number of keys', secrets.length, 1)
    },
  },
  {
    title: 'put: a value of 131,072 bytes',
    needs: ['reads'],
    async play(world) {
      await world.givenScope()
      const value = randomBytes(MAX_VALUE_BYTES / 2).toString('hex')
      await put(world, 'long', value)
      world.agreeOnValue('the value', await world.bytesOf('long'), Buffer.from(value))
    },
  },
  {
    title: 'put: refused for one byte more',
    async play(world) {
      await world.givenScope()
      const value = 'x'.repeat(MAX_VALUE_BYTES + 1)
      await world.refused(
        { do: 'putString', scope: world.scope, key: 'long', value },
        REFUSALS.invalidParameter,
      )
    },
  },
  {
    title: 'put: refused for more bytes, though fewer characters',
    async play(world) {
      await world.givenScope()
      const value = 'é'.repeat(MAX_VALUE_BYTES / 2 + 1)
      await world.refused(
        { do: 'putString', scope: world.scope, key: 'long', value },
        REFUSALS.invalidParameter,
      )
    },
  },
  {
    title: 'put bytes: refused for one byte more',
    async play(world) {
      await world.givenScope()
      const base64 = Buffer.alloc(MAX_VALUE_BYTES + 1, 0xff).toString('base64')
      await world.refused(
        { do: 'putBytes', scope: world.scope, key: 'long', base64 },
        REFUSALS.invalidParameter,
      )
    },
  },
  {
    title: 'put bytes: refused for what is not base64',
    async play(world) {
      await world.givenScope()
      await world.refused({ do: 'putNotBase64', scope: world.scope, key: 'key' }, REFUSALS.malformed)
    },
  },
  {
    title: 'put: refused for a body that is not JSON',
    async play(world) {
      await world.refused({ do: 'putNotJson' }, REFUSALS.malformed)
    },
  },
  {
    title: 'put: refused for a key of 129 characters',
    async play(world) {
      await world.givenScope()
      await world.refused(
        { do: 'putString', scope: world.scope, key: 'x'.repeat(129), value: 'fake-value' },
        REFUSALS.invalidParameter,
      )
    },
  },
  {
    title: 'put: refused for a bad key',
    async play(world) {
      await world.givenScope()
      await world.refused(
        { do: 'putString', scope: world.scope, key: 'a/b', value: 'fake-value' },
        REFUSALS.invalidParameter,
      )
    },
  },
  {
    title: 'put: refused with both values',
    async play(world) {
      await world.givenScope()
      await world.refused({ do: 'putBoth', scope: world.scope, key: 'key' }, REFUSALS.malformed)
    },
  },
  {
    title: 'put: refused with neither',
    async play(world) {
      await world.givenScope()
      await world.refused({ do: 'putNeither', scope: world.scope, key: 'key' }, REFUSALS.malformed)
    },
  },
  {
    title: 'put: refused without a scope',
    async play(world) {
      await world.refused(
        { do: 'putString', scope: world.scope, key: 'key', value: 'fake-value' },
        REFUSALS.doesNotExist,
      )
    },
  },
  {
    title: 'put: refused for secret number 1,001',
    needs: ['emulator'],
    async play(world) {
      const scope = world.emulator.store.createScope(world.scope)
      for (let n = 1; n <= 1_000; n++) scope.put(`key-${n}`, 'fake-value')
      await world.refused(
        { do: 'putString', scope: world.scope, key: 'key-1001', value: 'fake-value' },
        REFUSALS.limitExceeded,
      )
      await put(world, 'key-1000', 'fake-new-value')
    },
  },
  {
    title: 'put, delete: refused in a key vault scope',
    needs: ['emulator'],
    async play(world) {
      world.emulator.store.createScope(world.scope, {
        keyVault: { resource_id: '/subscriptions/0', dns_name: 'https://v.vault.azure.net/' },
        secrets: { key: 'fake-value' },
      })
      await world.refused(
        { do: 'putString', scope: world.scope, key: 'key', value: 'fake-value' },
        REFUSALS.badRequest,
      )
      await world.refused({ do: 'deleteSecret', scope: world.scope, key: 'key' }, REFUSALS.badRequest)
    },
  },
]

import { randomBytes } from 'node:crypto'
import { REFUSALS } from '../refusals.js'
import type { World } from '../world.js'
import type { Case } from './case.js'

/** The most bytes of a value (REST reference). */
const MAX_VALUE_BYTES = 131_072

/** Text that goes wrong when anything on its way trims, escapes, or guesses an encoding. Made up anew each time. */
function awkwardText(): string {
  return ` fake ${randomBytes(6).toString('hex')} "quoted" 'so' \\n é ☃ 🔑 %41 &=+#? $HOME\n\tsecond line\n`
}

/** Bytes that are no text in any encoding. */
function awkwardBytes(): Buffer {
  return Buffer.concat([Buffer.from([0x00, 0xff, 0xfe, 0x0d, 0x0a, 0x80]), randomBytes(40)])
}

/** Has the client put a value as it can: text, or bytes. */
async function put(world: World, key: string, value: string): Promise<void> {
  await world.done({ do: 'putString', scope: world.scope, key, value })
}

/** Putting, listing, reading and deleting secrets. */
export const SECRET_CASES: readonly Case[] = [
  {
    title: 'put a string',
    async play(world) {
      await world.givenScope()
      const value = awkwardText()
      await put(world, 'text', value)
      world.agree('the bytes', (await world.bytesOf('text')).toString(), value)
    },
  },
  {
    title: 'put bytes',
    async play(world) {
      await world.givenScope()
      const value = awkwardBytes()
      await world.done({ do: 'putBytes', scope: world.scope, key: 'bytes', base64: value.toString('base64') })
      world.agree('the bytes', (await world.bytesOf('bytes')).toString('hex'), value.toString('hex'))
    },
  },
  {
    title: 'put: a second one overwrites',
    async play(world) {
      await world.givenScope()
      await world.givenSecret('key', 'fake-old-value')
      await put(world, 'key', 'fake-new-value')
      world.agree('the value', (await world.bytesOf('key')).toString(), 'fake-new-value')
    },
  },
  {
    title: 'put: also in another case of letters',
    async play(world) {
      await world.givenScope()
      await world.givenSecret('API_KEY', 'fake-old-value')
      await put(world, 'api_key', 'fake-new-value')
      world.agree('the value', (await world.bytesOf('API_KEY')).toString(), 'fake-new-value')
      const { secrets } = await world.rest.get<{ secrets: unknown[] }>('/api/2.0/secrets/list', {
        scope: world.scope,
      })
      world.agree('the number of keys', secrets.length, 1)
    },
  },
  {
    title: 'put: a value of 131,072 bytes',
    async play(world) {
      await world.givenScope()
      const value = randomBytes(MAX_VALUE_BYTES / 2).toString('hex')
      await put(world, 'long', value)
      world.agree('whether it is the same', (await world.bytesOf('long')).toString() === value, true)
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
  {
    title: 'list secrets, with times in milliseconds',
    async play(world) {
      await world.givenScope()
      await world.givenSecret('Key.one-2_', 'fake-value')
      const secrets = await world.done({ do: 'listSecrets', scope: world.scope })
      world.agree(
        'the keys',
        secrets.map(({ key }) => key),
        ['Key.one-2_'],
      )
      const { lastUpdated = Date.now() } = secrets[0] ?? {}
      // A clock that is off by a day would be a finding of its own; one off by a factor of 1,000 is the bug meant here.
      world.agree('whether the time is of today', Math.abs(lastUpdated - Date.now()) < 86_400_000, true)
    },
  },
  {
    title: 'list secrets: none',
    async play(world) {
      await world.givenScope()
      world.agree('the secrets', await world.done({ do: 'listSecrets', scope: world.scope }), [])
    },
  },
  {
    title: 'list secrets: refused without a scope',
    async play(world) {
      await world.refused({ do: 'listSecrets', scope: world.scope }, REFUSALS.doesNotExist)
    },
  },
  {
    title: 'read a secret that was put as a string',
    async play(world) {
      await world.givenScope()
      const value = awkwardText()
      await put(world, 'text', value)
      const { key, base64 } = await world.done({ do: 'getSecret', scope: world.scope, key: 'text' })
      world.agree('the key and the value', [key, Buffer.from(base64, 'base64').toString()], ['text', value])
    },
  },
  {
    title: 'read a secret that was put as bytes',
    async play(world) {
      await world.givenScope()
      const base64 = awkwardBytes().toString('base64')
      await world.rest.post('/api/2.0/secrets/put', { scope: world.scope, key: 'bytes', bytes_value: base64 })
      const answer = await world.done({ do: 'getSecret', scope: world.scope, key: 'bytes' })
      world.agree('the value', answer, { key: 'bytes', base64 })
    },
  },
  {
    title: 'read: refused for a key that is not there',
    async play(world) {
      await world.givenScope()
      await world.refused({ do: 'getSecret', scope: world.scope, key: 'nothing' }, REFUSALS.doesNotExist)
    },
  },
  {
    title: 'read: refused outside a notebook',
    needs: ['emulator'],
    workspace: { readsRefused: true },
    async play(world) {
      await world.givenScope()
      await world.givenSecret('key', 'fake-value')
      await world.refused({ do: 'getSecret', scope: world.scope, key: 'key' }, REFUSALS.badRequest)
    },
  },
  {
    title: 'delete a secret',
    async play(world) {
      await world.givenScope()
      await put(world, 'key', 'fake-value')
      await world.done({ do: 'deleteSecret', scope: world.scope, key: 'key' })
      const { secrets } = await world.rest.get<{ secrets?: unknown }>('/api/2.0/secrets/list', {
        scope: world.scope,
      })
      world.agree('the secrets left', secrets, undefined)
    },
  },
  {
    title: 'delete a secret: refused when there is none',
    async play(world) {
      await world.givenScope()
      await world.refused({ do: 'deleteSecret', scope: world.scope, key: 'nothing' }, REFUSALS.doesNotExist)
    },
  },
]

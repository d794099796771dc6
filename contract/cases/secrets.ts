import { REFUSALS } from '../refusals.js'
import type { Case } from './case.js'
import { awkwardBytes, awkwardText } from './values.js'

/** Listing, reading and deleting secrets. */
export const SECRET_CASES: readonly Case[] = [
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
      // This finds times in the wrong unit, a factor of 1,000. It allows a clock that is wrong by a day.
      const ages = secrets.map(({ lastUpdated }) => Math.abs(Date.now() - lastUpdated))
      world.agree(
        'whether the time is of today',
        ages.map((age) => age < 86_400_000),
        [true],
      )
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
    needs: ['reads'],
    async play(world) {
      await world.givenScope()
      const value = awkwardText()
      await world.done({ do: 'putString', scope: world.scope, key: 'text', value })
      const { key, base64 } = await world.done({ do: 'getSecret', scope: world.scope, key: 'text' })
      world.agree('the key', key, 'text')
      world.agreeOnValue('the value', Buffer.from(base64, 'base64'), Buffer.from(value))
    },
  },
  {
    title: 'read a secret that was put as bytes',
    needs: ['reads'],
    async play(world) {
      await world.givenScope()
      const value = awkwardBytes()
      await world.rest.post('/api/2.0/secrets/put', {
        scope: world.scope,
        key: 'bytes',
        bytes_value: value.toString('base64'),
      })
      const { key, base64 } = await world.done({ do: 'getSecret', scope: world.scope, key: 'bytes' })
      world.agree('the key', key, 'bytes')
      world.agreeOnValue('the value', Buffer.from(base64, 'base64'), value)
    },
  },
  {
    title: 'read: refused for a key that is not there',
    needs: ['reads'],
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
      await world.givenSecret('key', 'fake-value')
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
  {
    title: 'getSecret: refused without a scope',
    needs: ['reads'],
    async play(world) {
      await world.refused({ do: 'getSecret', scope: world.scope, key: 'key' }, REFUSALS.doesNotExist)
    },
  },
  {
    title: 'deleteSecret: refused without a scope',
    async play(world) {
      await world.refused({ do: 'deleteSecret', scope: world.scope, key: 'key' }, REFUSALS.doesNotExist)
    },
  },
]

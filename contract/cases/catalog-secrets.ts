import type { EmulatedWorkspace } from '../../emulator/workspace.js'
import { apiError } from '../../emulator/reply.js'
import type { Operation } from '../operations.js'
import { REFUSALS, type Refusal } from '../refusals.js'
import { NotExpressible } from '../verdict-errors.js'
import type { World } from '../world.js'
import type { Case } from './case.js'
import { awkwardText } from './values.js'
import { workspaceFiles } from './workspace-files.js'

/** The most bytes of a value (REST reference). */
const MAX_BYTES = 61_440

/** Unity Catalog does not depend on the plan of secret scopes. */
const IN_SCHEMA = { plans: ['premium'], needs: ['schema'] } as const
const EMULATED = { plans: ['premium'], needs: ['schema', 'emulator'] } as const
const BY_ANOTHER = { plans: ['premium'], needs: ['schema', 'emulator', 'another identity'] } as const

const create = (world: World, name = 'secret', value = 'fake-value') =>
  ({ do: 'createCatalogSecret', ...world.catalogSecret(name), value }) as const

const fullName = (world: World, name = 'secret'): string => {
  const secret = world.catalogSecret(name)
  return `${secret.schema}.${secret.name}`
}

/** A case in which the emulator is prepared, and each write is then refused. */
function refusedWrites(
  title: string,
  refusal: Refusal,
  prepare: (emulator: EmulatedWorkspace) => void,
): Case {
  return {
    ...EMULATED,
    title,
    async play(world) {
      await world.givenCatalogSecret('secret', 'fake-value')
      const secret = world.catalogSecret()
      prepare(world.emulator)
      await world.refused(create(world, 'new'), refusal)
      await world.refused({ do: 'deleteCatalogSecret', ...secret }, refusal)
      world.agree('the value', world.emulator.catalogs.valuesIn(world.schema), {
        [secret.name]: 'fake-value',
      })
    },
  }
}

/** A case in which an operation is refused once with a transient error: a client that retries succeeds, and any other reports the error. */
function refusedOnce(title: string, refusal: Refusal & { code: string }): Case {
  return {
    ...EMULATED,
    title,
    ownReply: true,
    async play(world) {
      let left = 1
      world.emulator.intercept(({ method, path }) =>
        method === 'POST' && path.endsWith('/secrets') && left-- > 0
          ? apiError(refusal.status, refusal.code, 'Try again later.', { 'retry-after': '0' })
          : undefined,
      )
      if (world.clientRetries(refusal)) {
        await world.done(create(world))
        const { length } = world.emulator.requests.to('POST unity-catalog/secrets')
        world.agree('the number of creations', length, 2)
      } else {
        await world.refused(create(world), refusal)
      }
    },
  }
}

/** Has the client list four secrets. */
async function listOfFour(world: World) {
  const names = ['a', 'b', 'c', 'd']
  for (const name of names) await world.givenCatalogSecret(name, 'fake-value')
  const secrets = await world.done({ do: 'listCatalogSecrets', schema: world.schema })
  const owner = await world.caller()
  return { secrets, wanted: names.map((name) => ({ fullName: fullName(world, name), owner })) }
}

/** What is done with a single secret that has to exist. */
function onOne(
  call: 'updateCatalogSecret' | 'deleteCatalogSecret' | 'getCatalogSecret',
  world: World,
): Operation {
  const secret = world.catalogSecret()
  return call === 'updateCatalogSecret'
    ? { do: call, ...secret, value: 'fake-value' }
    : { do: call, ...secret }
}

/** Unity Catalog secrets: creating, reading, updating, listing and deleting them, and grants. */
export const CATALOG_CASES: readonly Case[] = [
  {
    ...IN_SCHEMA,
    title: 'catalog: create a secret, its creator owns it',
    async play(world) {
      const value = awkwardText()
      await world.done(create(world, 'secret', value))
      world.agreeOnValue('the value', await world.catalogValueOf('secret'), Buffer.from(value))
      const path = `/api/2.1/unity-catalog/secrets/${fullName(world)}`
      const { owner } = await world.rest.get<{ owner: string }>(path)
      world.agree('the owner', owner, await world.caller())
    },
  },
  {
    ...EMULATED,
    title: 'catalog: create with comment, owner and end',
    async play(world) {
      const more = { comment: 'a comment', owner: 'data-team', expireTime: '2030-01-02T03:04:05Z' }
      await world.done({ ...create(world), ...more })
      const { comment, owner, expireTime } = world.emulator.catalogs.secret(fullName(world))
      world.agree(
        'the secret',
        { comment, owner, expireTime },
        { ...more, expireTime: Date.parse(more.expireTime) },
      )
    },
  },
  {
    ...IN_SCHEMA,
    title: 'catalog: create refused when it exists',
    async play(world) {
      await world.givenCatalogSecret('secret', 'fake-old-value')
      await world.refused(create(world), REFUSALS.secretExists)
      world.agreeOnValue('the value', await world.catalogValueOf('secret'), Buffer.from('fake-old-value'))
    },
  },
  {
    ...IN_SCHEMA,
    title: 'catalog: create refused in different case',
    async play(world) {
      await world.givenCatalogSecret('secret', 'fake-value')
      await world.refused(create(world, 'SECRET'), REFUSALS.secretExists)
    },
  },
  ...(
    [
      ['a period in its name', 'a.b'],
      ['a blank in its name', 'a b'],
      ['a name of 249 characters', 'x'.repeat(249)],
    ] as const
  ).map(([what, name]): Case => ({
    ...IN_SCHEMA,
    title: `catalog: create refused for ${what}`,
    async play(world) {
      await world.refused(create(world, name), REFUSALS.invalidParameter)
    },
  })),
  {
    ...IN_SCHEMA,
    title: 'catalog: a value of 61,440 bytes',
    async play(world) {
      const value = 'é'.repeat(MAX_BYTES / 2)
      await world.done(create(world, 'secret', value))
      world.agreeOnValue('the value', await world.catalogValueOf('secret'), Buffer.from(value))
    },
  },
  {
    ...IN_SCHEMA,
    title: 'catalog: refused for one byte more',
    async play(world) {
      await world.refused(create(world, 'secret', `${'é'.repeat(MAX_BYTES / 2)}x`), REFUSALS.invalidParameter)
    },
  },
  {
    ...EMULATED,
    title: 'catalog: create refused without a schema',
    async play(world) {
      await world.refused({ ...create(world), schema: 'main.gone' }, REFUSALS.schemaMissing)
    },
  },
  {
    ...EMULATED,
    title: 'catalog: create refused without a catalog',
    async play(world) {
      await world.refused({ ...create(world), schema: 'gone.contract' }, REFUSALS.catalogMissing)
    },
  },
  {
    ...EMULATED,
    title: 'catalog: create refused for an unknown owner',
    async play(world) {
      await world.refused({ ...create(world), owner: 'nobody' }, REFUSALS.principalMissing)
    },
  },
  {
    ...EMULATED,
    title: 'catalog: create refused over the limit of a schema',
    workspace: { unityCatalog: { maxSecretsInSchema: 1 } },
    async play(world) {
      await world.givenCatalogSecret('secret', 'fake-value')
      await world.refused(create(world, 'one-more'), REFUSALS.limitExceeded)
    },
  },
  {
    ...IN_SCHEMA,
    title: 'catalog: update a value',
    async play(world) {
      await world.done(create(world, 'secret', 'fake-old-value'))
      const value = awkwardText()
      await world.done({ do: 'updateCatalogSecret', ...world.catalogSecret(), value })
      world.agreeOnValue('the value', await world.catalogValueOf('secret'), Buffer.from(value))
    },
  },
  {
    ...IN_SCHEMA,
    title: 'catalog: read a value, byte for byte',
    async play(world) {
      const value = awkwardText()
      await world.givenCatalogSecret('secret', value)
      const read = await world.done({ do: 'readCatalogSecret', ...world.catalogSecret() })
      world.agreeOnValue('the value', Buffer.from(read.value), Buffer.from(value))
    },
  },
  {
    ...IN_SCHEMA,
    title: 'catalog: get a secret without its value',
    async play(world) {
      await world.givenCatalogSecret('Secret', 'fake-value')
      const secret = await world.done({ do: 'getCatalogSecret', ...world.catalogSecret('SECRET') })
      world.agree('the secret', secret, { fullName: fullName(world), owner: await world.caller() })
    },
  },
  {
    ...IN_SCHEMA,
    title: 'catalog: delete a secret',
    async play(world) {
      await world.givenCatalogSecret('secret', 'fake-value')
      await world.done({ do: 'deleteCatalogSecret', ...world.catalogSecret() })
      const { status } = await world.rest.send('GET', `/api/2.1/unity-catalog/secrets/${fullName(world)}`)
      world.agree('the status of a read', status, 404)
    },
  },
  ...(['getCatalogSecret', 'updateCatalogSecret', 'deleteCatalogSecret'] as const).map((call): Case => ({
    ...IN_SCHEMA,
    title: `catalog: ${call} refused when there is none`,
    async play(world) {
      await world.refused(onOne(call, world), REFUSALS.doesNotExist)
    },
  })),
  {
    ...EMULATED,
    title: 'catalog: list secrets, page by page',
    workspace: { unityCatalog: { pages: { size: 2, tokenAfterLast: true } } },
    async play(world) {
      const { secrets, wanted } = await listOfFour(world)
      world.agree('the secrets', secrets, wanted)
      const { length } = world.emulator.requests.to('GET unity-catalog/secrets')
      world.agree('there were several pages', length > 2, true)
    },
  },
  {
    ...EMULATED,
    title: 'catalog: list secrets, with empty pages',
    workspace: { unityCatalog: { pages: { size: 2, emptyBefore: 1 } } },
    async play(world) {
      const { secrets, wanted } = await listOfFour(world)
      world.agree('the secrets', secrets, world.clientStopsAtEmptyPages ? [] : wanted)
      if (world.clientStopsAtEmptyPages) throw new NotExpressible('empty pages')
    },
  },
  {
    ...EMULATED,
    title: 'catalog: list secrets: none',
    async play(world) {
      world.agree('the secrets', await world.done({ do: 'listCatalogSecrets', schema: world.schema }), [])
    },
  },
  {
    ...EMULATED,
    title: 'catalog: list refused without a schema',
    async play(world) {
      await world.refused({ do: 'listCatalogSecrets', schema: 'main.gone' }, REFUSALS.schemaMissing)
    },
  },
  {
    ...IN_SCHEMA,
    title: 'catalog: get the schema',
    async play(world) {
      const { fullName: found } = await world.done({ do: 'getSchema', schema: world.schema })
      world.agree('the schema', found, world.schema)
    },
  },
  {
    ...EMULATED,
    title: 'catalog: get the schema: refused when it is missing',
    async play(world) {
      await world.refused({ do: 'getSchema', schema: 'main.gone' }, REFUSALS.schemaMissing)
    },
  },
  {
    ...EMULATED,
    title: 'catalog: grant privileges on the schema',
    async play(world) {
      const on = { type: 'schema', fullName: world.schema } as const
      const add = ['CREATE_SECRET', 'READ_SECRET', 'REFERENCE_SECRET', 'WRITE_SECRET']
      for (const principal of world.principals) await world.done({ do: 'changeGrants', on, principal, add })
      const { grants } = world.emulator.catalogs.schema(world.schema)
      world.agree(
        'the grants',
        [...grants].map(([principal, privileges]) => [principal, [...privileges].sort()]),
        world.principals.map((principal) => [principal, add]),
      )
    },
  },
  {
    ...EMULATED,
    title: 'catalog: grant a privilege on one secret',
    async play(world) {
      await world.givenCatalogSecret('secret', 'fake-value')
      const on = { type: 'secret', fullName: fullName(world) } as const
      await world.done({ do: 'changeGrants', on, principal: 'data-team', add: ['READ_SECRET'] })
      const { grants } = world.emulator.catalogs.secret(on.fullName)
      world.agree('the grants', [...(grants.get('data-team') ?? [])], ['READ_SECRET'])
    },
  },
  {
    ...EMULATED,
    title: 'catalog: grant refused for an unknown principal',
    async play(world) {
      const on = { type: 'schema', fullName: world.schema } as const
      await world.refused(
        { do: 'changeGrants', on, principal: 'nobody', add: ['READ_SECRET'] },
        REFUSALS.principalMissing,
      )
    },
  },
  {
    ...EMULATED,
    title: 'catalog: list grants',
    async play(world) {
      const { grants } = world.emulator.catalogs.schema(world.schema)
      grants.set('auditors', new Set(['MANAGE']))
      grants.set('data-team', new Set(['READ_SECRET', 'USE_SCHEMA']))
      const listed = await world.done({ do: 'listGrants', on: { type: 'schema', fullName: world.schema } })
      world.agree('the grants', listed, [
        { principal: 'auditors', privileges: ['MANAGE'] },
        { principal: 'data-team', privileges: ['READ_SECRET', 'USE_SCHEMA'] },
      ])
    },
  },
  {
    ...EMULATED,
    title: 'catalog: deploy a bundle with a secret and a grant, twice',
    async play(world) {
      world.emulator.intercept(workspaceFiles())
      const secret = world.catalogSecret()
      for (const value of [awkwardText(), awkwardText()]) {
        await world.done({ do: 'deployBundle', ...secret, value, reader: 'data-team' })
        world.agreeOnValue('the value', await world.catalogValueOf('secret'), Buffer.from(value))
      }
      const { grants, comment } = world.emulator.catalogs.secret(fullName(world))
      world.agree('the comment', comment, 'of a bundle')
      world.agree('the grants', [...(grants.get('data-team') ?? [])], ['READ_SECRET'])
      const { length } = world.emulator.requests.to('PATCH unity-catalog/secrets/*')
      world.agree('the number of updates', length, 1)
    },
  },
  {
    ...BY_ANOTHER,
    title: 'catalog: without CREATE SECRET: create refused',
    async play(world) {
      world.emulator.catalogs.schema(world.schema).grants.set('users', new Set(['USE_SCHEMA']))
      await world.refused(create(world), REFUSALS.permissionDenied, world.other.target)
    },
  },
  {
    ...BY_ANOTHER,
    title: 'catalog: with CREATE SECRET: create allowed, and refused where an unseen secret exists',
    async play(world) {
      world.emulator.catalogs
        .schema(world.schema)
        .grants.set('users', new Set(['USE_SCHEMA', 'CREATE_SECRET']))
      await world.givenCatalogSecret('unseen', 'fake-value')
      await world.done(create(world), world.other.target)
      await world.refused(create(world, 'unseen'), REFUSALS.secretExists, world.other.target)
    },
  },
  {
    ...BY_ANOTHER,
    title: 'catalog: a list has only what the caller owns or manages',
    async play(world) {
      world.emulator.catalogs.schema(world.schema).grants.set('users', new Set(['USE_SCHEMA', 'READ_SECRET']))
      await world.givenCatalogSecret('unseen', 'fake-value')
      const listed = await world.done({ do: 'listCatalogSecrets', schema: world.schema }, world.other.target)
      world.agree('the secrets', listed, [])
    },
  },
  {
    ...BY_ANOTHER,
    title: 'catalog: with MANAGE, but not READ SECRET: read refused',
    async play(world) {
      world.emulator.catalogs.schema(world.schema).grants.set('users', new Set(['USE_SCHEMA', 'MANAGE']))
      await world.givenCatalogSecret('secret', 'fake-value')
      const secret = world.catalogSecret()
      await world.done({ do: 'getCatalogSecret', ...secret }, world.other.target)
      await world.refused(
        { do: 'readCatalogSecret', ...secret },
        REFUSALS.permissionDenied,
        world.other.target,
      )
    },
  },
  {
    ...BY_ANOTHER,
    title: 'catalog: with WRITE SECRET: deletion refused',
    async play(world) {
      world.emulator.catalogs
        .schema(world.schema)
        .grants.set('users', new Set(['USE_SCHEMA', 'WRITE_SECRET', 'MANAGE']))
      await world.givenCatalogSecret('secret', 'fake-value')
      const removal = { do: 'deleteCatalogSecret', ...world.catalogSecret() } as const
      await world.refused(removal, REFUSALS.permissionDenied, world.other.target)
    },
  },
  refusedWrites(
    'catalog: create, delete: refused in an external schema',
    REFUSALS.invalidParameter,
    ({ catalogs }) => {
      catalogs.schema('main.contract').externalManager = 'AZURE_KEY_VAULT'
    },
  ),
  refusedWrites(
    'catalog: create, delete: refused in a catalog that is bound read-only',
    REFUSALS.permissionDenied,
    ({ catalogs }) => {
      catalogs.catalog('main').bindings = new Map([['1234567890123456', 'READ_ONLY']])
    },
  ),
  refusedWrites(
    'catalog: create, delete: refused in a catalog that is bound elsewhere',
    REFUSALS.permissionDenied,
    ({ catalogs }) => {
      catalogs.catalog('main').bindings = new Map()
    },
  ),
  {
    ...EMULATED,
    title: 'catalog: create refused where secrets are off',
    workspace: { unityCatalog: { feature: 'secrets off' } },
    async play(world) {
      await world.refused(create(world), REFUSALS.secretsOff)
    },
  },
  {
    ...EMULATED,
    title: 'catalog: create refused without Unity Catalog',
    workspace: { unityCatalog: { feature: 'none' } },
    async play(world) {
      await world.refused(create(world), REFUSALS.noUnityCatalog)
    },
  },
  refusedOnce('catalog: throttled: REQUEST_LIMIT_EXCEEDED', { status: 429, code: 'REQUEST_LIMIT_EXCEEDED' }),
  refusedOnce('catalog: unavailable: TEMPORARILY_UNAVAILABLE', {
    status: 503,
    code: 'TEMPORARILY_UNAVAILABLE',
  }),
]

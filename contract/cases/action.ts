import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { runStep, type StepResult } from '../../__tests__/runner/step.js'
import { Disagreement } from '../verdict-errors.js'
import type { World } from '../world.js'
import type { Case } from './case.js'
import { awkwardBytes, awkwardText } from './values.js'
import { workspaceFiles } from './workspace-files.js'

/** Runs the built action like the runner, with a map or other inputs. */
async function sync(
  world: World,
  secrets: Record<string, string>,
  inputs: Record<string, string> = {},
): Promise<StepResult> {
  const { url, token } = world.target
  const result = await runStep({
    with: { host: url, token, scope: world.scope, secrets: JSON.stringify(secrets), ...inputs },
  })
  if (result.exitCode !== 0) throw new Disagreement(`The action failed:\n${result.log}`)
  return result
}

/** Runs the built action for the schema, with secrets whose names get the prefix of the case. */
async function syncToSchema(world: World, secrets: Record<string, string>): Promise<StepResult> {
  const named = Object.entries(secrets).map(
    ([name, value]) => [world.catalogSecret(name).name, value] as const,
  )
  return await sync(world, Object.fromEntries(named), { scope: '', schema: world.schema })
}

/** Has the action update a secret that a client has written to the schema, and create another one. */
async function updateInSchema(world: World): Promise<void> {
  const value = awkwardText()
  const { outputs } = await syncToSchema(world, { secret: value, more: awkwardText() })
  const namesOf = (name: string): string => JSON.stringify([world.catalogSecret(name).name])
  world.agree('the outputs', [outputs['updated'], outputs['created']], [namesOf('secret'), namesOf('more')])
  world.agreeOnValue('the value', await world.catalogValueOf('secret'), Buffer.from(value))
}

/** Runs the action with a file. */
async function syncFile(world: World, key: string, content: Buffer): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'contract-'))
  try {
    const file = path.join(folder, 'content')
    await writeFile(file, content)
    await sync(world, {}, { secrets: '', 'secret-files': `${key}=${file}` })
  } finally {
    await rm(folder, { recursive: true })
  }
}

const awkward = (): string => ` fake ${randomBytes(8).toString('hex')}\r\n "é ☃ 🔑" %0A ::debug::\t\\ `

/** Unity Catalog does not depend on the plan of secret scopes. */
const IN_SCHEMA = { plans: ['premium'], needs: ['schema'] } as const

/** The action and a client use the same scope, or the same schema. */
export const ACTION_CASES: readonly Case[] = [
  {
    title: 'lists the keys that the action wrote',
    async play(world) {
      await sync(world, { first: awkward(), 'second.KEY-2': awkward() })
      const secrets = await world.done({ do: 'listSecrets', scope: world.scope })
      world.agree('the keys', secrets.map(({ key }) => key).sort(), ['first', 'second.KEY-2'])
    },
  },
  {
    title: 'reads what the action wrote, byte for byte',
    needs: ['reads'],
    async play(world) {
      const value = awkward()
      await sync(world, { text: value })
      const { base64 } = await world.done({ do: 'getSecret', scope: world.scope, key: 'text' })
      world.agreeOnValue('the value', Buffer.from(base64, 'base64'), Buffer.from(value))
    },
  },
  {
    title: 'writes a scope and a secret that the action updates',
    needs: ['reads'],
    async play(world) {
      const { scope } = world
      await world.done({ do: 'createScope', scope, initialManagePrincipal: 'users' })
      await world.done({ do: 'putString', scope, key: 'text', value: 'fake-old-value' })
      const value = awkward()
      const { outputs } = await sync(world, { text: value, more: awkward() })
      world.agree(
        'the outputs',
        [outputs['scope-created'], outputs['updated'], outputs['created']],
        ['false', '["text"]', '["more"]'],
      )
      world.agreeOnValue('the value', await world.bytesOf('text'), Buffer.from(value))
    },
  },
  {
    title: 'reads a file that the action wrote, byte for byte',
    needs: ['reads'],
    async play(world) {
      const value = awkwardBytes()
      await syncFile(world, 'file', value)
      const { base64 } = await world.done({ do: 'getSecret', scope: world.scope, key: 'file' })
      world.agreeOnValue('the value', Buffer.from(base64, 'base64'), value)
    },
  },
  {
    title: 'writes bytes that the action updates',
    needs: ['reads'],
    async play(world) {
      const { scope } = world
      await world.givenScope('users')
      await world.done({ do: 'putBytes', scope, key: 'file', base64: awkwardBytes().toString('base64') })
      const value = awkwardBytes()
      await syncFile(world, 'file', value)
      world.agreeOnValue('the value', await world.bytesOf('file'), value)
      const { secrets } = await world.rest.get<{ secrets: unknown[] }>('/api/2.0/secrets/list', { scope })
      world.agree('the number of keys', secrets.length, 1)
    },
  },
  {
    ...IN_SCHEMA,
    title: 'catalog: lists the secrets that the action wrote',
    async play(world) {
      await syncToSchema(world, { first: awkwardText(), second: awkwardText() })
      const { schema } = world
      const listed = await world.done({ do: 'listCatalogSecrets', schema })
      const wanted = ['first', 'second'].map((name) => `${schema}.${world.catalogSecret(name).name}`)
      // A real schema may have secrets of others.
      const found = listed.map(({ fullName }) => fullName).filter((name) => wanted.includes(name))
      world.agree('the secrets', found.sort(), wanted)
    },
  },
  {
    ...IN_SCHEMA,
    title: 'catalog: describes a secret that the action wrote',
    async play(world) {
      await syncToSchema(world, { secret: awkwardText() })
      const secret = world.catalogSecret()
      const found = await world.done({ do: 'getCatalogSecret', ...secret })
      world.agree('the secret', found, {
        fullName: `${secret.schema}.${secret.name}`,
        owner: await world.caller(),
        comment: 'Managed by owner/repo',
      })
    },
  },
  {
    ...IN_SCHEMA,
    title: 'catalog: reads what the action wrote, byte for byte',
    async play(world) {
      const value = awkwardText()
      await syncToSchema(world, { secret: value })
      const read = await world.done({ do: 'readCatalogSecret', ...world.catalogSecret() })
      world.agreeOnValue('the value', Buffer.from(read.value), Buffer.from(value))
    },
  },
  {
    ...IN_SCHEMA,
    title: 'catalog: writes a secret that the action updates',
    async play(world) {
      await world.done({ do: 'createCatalogSecret', ...world.catalogSecret(), value: 'fake-old-value' })
      await updateInSchema(world)
    },
  },
  {
    plans: ['premium'],
    needs: ['schema', 'emulator'],
    title: 'catalog: deploys a bundle with a secret that the action updates',
    async play(world) {
      world.emulator.intercept(workspaceFiles())
      const secret = world.catalogSecret()
      await world.done({ do: 'deployBundle', ...secret, value: 'fake-old-value', reader: 'data-team' })
      await updateInSchema(world)
      const { grants } = world.emulator.catalogs.secret(`${secret.schema}.${secret.name}`)
      world.agree('the grants', [...(grants.get('data-team') ?? [])], ['READ_SECRET'])
    },
  },
]

import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { runStep, type StepResult } from '../../__tests__/runner/step.js'
import { Disagreement } from '../verdict-errors.js'
import type { World } from '../world.js'
import type { Case } from './case.js'
import { awkwardBytes } from './values.js'

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

/** The action and a client use the same scope. */
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
]

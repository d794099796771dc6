import { randomBytes } from 'node:crypto'
import { runStep, type StepResult } from '../../__tests__/runner/step.js'
import { Disagreement } from '../disagreement.js'
import type { World } from '../world.js'
import type { Case } from './case.js'

/** Has the action itself, built and started as the runner does it, put a map. */
async function sync(world: World, secrets: Record<string, string>): Promise<StepResult> {
  const { url, token } = world.target
  const result = await runStep({
    with: { host: url, token, scope: world.scope, secrets: JSON.stringify(secrets) },
  })
  if (result.exitCode !== 0) throw new Disagreement(`The action failed:\n${result.log}`)
  return result
}

const awkward = (): string => ` fake ${randomBytes(8).toString('hex')}\r\n "é ☃ 🔑" %0A ::debug::\t\\ `

/** The action and a client on one scope. */
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
    async play(world) {
      const value = awkward()
      await sync(world, { text: value })
      const { base64 } = await world.done({ do: 'getSecret', scope: world.scope, key: 'text' })
      world.agree('the value', Buffer.from(base64, 'base64').toString(), value)
    },
  },
  {
    title: 'writes a scope and a secret that the action updates',
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
      world.agree('the value', (await world.bytesOf('text')).toString(), value)
    },
  },
]

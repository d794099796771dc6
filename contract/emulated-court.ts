import { EmulatedGitHub } from '../emulator/github.js'
import type { Exchange } from '../emulator/transcript.js'
import { EmulatedWorkspace } from '../emulator/workspace.js'
import { GITHUB_SUBJECT, type Need } from './cases/case.js'
import { nameOfCell, type Court } from './judge.js'
import type { Plan, Setting } from './world.js'

const ALL: ReadonlySet<Need> = new Set<Need>(['emulator', 'another identity', 'schema', 'reads', 'azure'])

/** The caller, which owns the schema. */
const ADA = 'ada@example.com'
const SCHEMA = 'main.contract'

/** A court with a fresh emulator for each case; `record` is called with each exchange and the name of its case. */
export function emulatedCourt(
  plan: Plan,
  record: (exchange: Exchange, during: string) => void = () => undefined,
): Court {
  return {
    plan,
    offers: ALL,
    async hear({ client, installed, trial }, play) {
      const github = trial.besideGitHub && (await EmulatedGitHub.start({ subject: GITHUB_SUBJECT }))
      try {
        const emulator = await EmulatedWorkspace.start({
          plan,
          ...trial.workspace,
          ...(github === undefined ? {} : trial.besideGitHub?.(github)),
          onRequestEnd: (exchange) => {
            record(exchange, nameOfCell({ client: client.name, plan, title: trial.title }))
          },
        })
        try {
          emulator.catalogs.createSchema(SCHEMA, { owner: ADA })
          await play({ client, installed, plan, emulator, github, ...settingAt(emulator.url) })
        } finally {
          await emulator.close()
        }
      } finally {
        await github?.close()
      }
    },
  }
}

/** The callers in an emulator, with its default identities. */
function settingAt(
  url: string,
): Pick<Setting, 'scope' | 'schema' | 'secretPrefix' | 'target' | 'caller' | 'other' | 'principals'> {
  return {
    scope: 'contract',
    schema: SCHEMA,
    secretPrefix: 'contract-',
    target: { url, token: 'fake-token-of-ada' },
    caller: ADA,
    other: { target: { url, token: 'fake-token-of-grace' }, principal: 'grace@example.com' },
    // A user, a service principal, a group, and a group whose name has to be encoded in a query.
    principals: ['grace@example.com', '00000000-0000-4000-8000-00000000c1c1', 'data-team', '[UC] Team = A'],
  }
}

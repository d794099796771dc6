import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, expect, test } from '@jest/globals'
import type { Case } from '../../contract/cases/case.js'
import { rest } from '../../contract/clients/rest.js'
import { liveCourt, type LiveCourt } from '../../contract/live-court.js'
import type { Setting } from '../../contract/world.js'
import type { Exchange } from '../../emulator/transcript.js'
import type { EmulatedWorkspace } from '../../emulator/workspace.js'
import { signal, start } from '../emulator/wire.js'
import { SCOPE, TOKEN } from './live-process.js'

const exchanges: Exchange[] = []
const courts: LiveCourt[] = []

afterEach(async () => {
  for (const court of courts.splice(0)) await court.close()
})

async function courtIn({ url }: EmulatedWorkspace): Promise<LiveCourt> {
  exchanges.length = 0
  const options = {
    plan: 'premium',
    onAzure: false,
    scope: SCOPE,
    principals: ['users'],
    other: undefined,
  } as const
  const court = await liveCourt({ ...options, host: url, token: TOKEN }, (exchange) =>
    exchanges.push(exchange),
  )
  courts.push(court)
  return court
}

/** Sends requests that no client sends. */
async function hear(court: LiveCourt, play: (setting: Setting) => Promise<void>): Promise<void> {
  const trial: Case = { title: 'a case', play: () => Promise.resolve() }
  await court.hear({ client: rest, installed: await rest.install(''), trial }, play)
}

function post({ target }: Setting, path: string, scope: string, signal?: AbortSignal): Promise<Response> {
  return fetch(`${target.url}/api/2.0/secrets/${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${target.token}` },
    body: JSON.stringify({ scope, key: 'key', string_value: 'fake-value' }),
    ...(signal === undefined ? {} : { signal }),
  })
}

// Otherwise a mistake of a client or a case could change a scope of somebody else.
test.each(['production', 'CONTRACT-of-a-colleague', 'contrac'])(
  'no request gets through that names the scope %s',
  async (theirs) => {
    const workspace = await start()
    workspace.store.createScope('production')
    workspace.store.createScope('contract-of-a-colleague')
    const court = await courtIn(workspace)
    await hear(court, async (setting) => {
      for (const path of ['scopes/create', 'put', 'scopes/delete']) {
        expect((await post(setting, path, theirs)).status).toBe(403)
      }
      const { url, token } = setting.target
      const headers = { authorization: `Bearer ${token}` }
      const get = await fetch(`${url}/api/2.0/secrets/list?scope=${theirs}`, { headers })
      expect(get.status).toBe(403)
    })
    expect(workspace.requests.all.map(({ path }) => path)).toEqual(['/api/2.0/secrets/scopes/list'])
    expect(exchanges.map(({ failure }) => failure)).toEqual(new Array(4).fill('NOT_FORWARDED'))
  },
)

// If a client does not wait for its creation of a scope, the creation may take effect after the deletion. Then the scope
// remains, and the next case finds an existing scope.
test('the scope is deleted only after a creation that its client did not wait for', async () => {
  const workspace = await start()
  const [reached, released] = [signal(), signal()]
  workspace.intercept(async ({ path }) => {
    if (!path.endsWith('/scopes/create')) return undefined
    reached.give()
    await released.given
    return undefined
  })
  const court = await courtIn(workspace)
  const heard = hear(court, async (setting) => {
    const aborted = new AbortController()
    const gone = post(setting, 'scopes/create', SCOPE, aborted.signal)
    await reached.given
    aborted.abort()
    await expect(gone).rejects.toThrow()
  })
  await delay(300)
  expect(workspace.requests.to('secrets/scopes/delete')).toEqual([])
  released.give()
  await heard
  expect(workspace.store.scopes).toEqual([])
})

// Otherwise half of the cases would not run if reads are allowed, or fail if they are not.
test.each([false, true])(
  'the court detects whether secrets can be read; refused: %s',
  async (readsRefused) => {
    const workspace = await start({ readsRefused })
    const court = await courtIn(workspace)
    const refusal = await court.tryReading()
    expect(court.offers.has('reads')).toBe(!readsRefused)
    expect(refusal === undefined).toBe(!readsRefused)
    expect(workspace.requests.to('secrets/get')).toHaveLength(1)
    expect(workspace.store.scopes).toEqual([])
  },
)

// A host that serves several workspaces answers without the id of one with its login page.
test('a host that serves several workspaces ends the run before any write', async () => {
  const workspace = await start({ workspaceId: '7', requireWorkspaceId: true })
  await expect(courtIn(workspace)).rejects.toThrow('answered 303')
  expect(workspace.requests.all).toHaveLength(1)
})

test('an existing scope in the spelling of the run is refused before any write', async () => {
  const workspace = await start()
  const scope = workspace.store.createScope(SCOPE, { secrets: { key: 'fake-value' } })
  await expect(courtIn(workspace)).rejects.toThrow(
    `There is a scope ${SCOPE} already. It was not touched; take another --scope.`,
  )
  expect(workspace.requests.all.map(({ path }) => path)).toEqual(['/api/2.0/secrets/scopes/list'])
  expect(scope.secrets).toHaveLength(1)
})

/** A workspace behind TLS, without a proxy. */
import { existsSync } from 'node:fs'
import { Agent } from 'node:https'
import { expect, test } from '@jest/globals'
import { cutShort, hangUp } from '../../emulator/faults.js'
import { json } from '../../emulator/reply.js'
import { TlsListener } from '../../emulator/tls-listener.js'
import { outcomeOf } from './outcome.js'
import { closing, start } from './wire.js'

const LIST = { path: '/api/2.0/secrets/scopes/list' }

test('who trusts its certificate gets the answers of the server behind it', async () => {
  const workspace = await start()
  const { url, trusted } = closing(await TlsListener.start(workspace.url))
  expect(await outcomeOf(url, { ...LIST, ca: trusted })).toMatchObject({ status: 200, body: '{}' })
  expect(workspace.requests.all).toMatchObject([{ headers: { host: new URL(url).host } }])
})

// Lost if this fails: a client that hands its token to whoever answers would pass.
test.each([
  { flaw: 'expired', code: 'CERT_HAS_EXPIRED' },
  { flaw: 'wrong host', code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
  { flaw: 'unknown authority', code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' },
] as const)('nobody trusts a certificate with the flaw "$flaw"', async ({ flaw, code }) => {
  const workspace = await start()
  const { url, trusted } = closing(await TlsListener.start(workspace.url, { flaw }))
  expect(await outcomeOf(url, { ca: trusted })).toMatchObject({ status: undefined, failure: code })
  expect(workspace.requests.all).toEqual([])
})

test('who does not have its certificate does not trust it', async () => {
  const { url } = closing(await TlsListener.start((await start()).url))
  expect((await outcomeOf(url)).failure).toBe('DEPTH_ZERO_SELF_SIGNED_CERT')
})

test('an answer that breaks off does so here as well', async () => {
  const workspace = await start()
  const { url, trusted } = closing(await TlsListener.start(workspace.url))
  const remove = workspace.intercept(() => hangUp)
  expect(await outcomeOf(url, { ca: trusted })).toMatchObject({ status: undefined, failure: 'ECONNRESET' })
  remove()
  workspace.intercept(() => cutShort(json(200, {}), 1))
  expect(await outcomeOf(url, { ca: trusted })).toMatchObject({ status: 200, failure: 'ECONNRESET' })
})

// Lost if this fails: a kept connection would look like a new one for each request, and no client could be told from
// another by the time that it takes.
test('requests on one connection go to the workspace on one', async () => {
  const workspace = await start()
  const { url, trusted } = closing(await TlsListener.start(workspace.url))
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  for (let n = 0; n < 3; n++) await outcomeOf(url, { ca: trusted, agent })
  await outcomeOf(url, { ca: trusted })
  agent.destroy()
  expect(workspace.requests.all.map(({ connection }) => connection)).toEqual([1, 1, 1, 2])
})

test('it ends with its file', async () => {
  const listener = await TlsListener.start((await start()).url)
  const { NODE_EXTRA_CA_CERTS: file } = listener.variables
  expect(existsSync(file)).toBe(true)
  await listener.close()
  expect(existsSync(file)).toBe(false)
})

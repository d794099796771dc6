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

test('a client that trusts its certificate gets the responses of the server', async () => {
  const workspace = await start()
  const { url, trusted } = closing(await TlsListener.start(workspace.url))
  expect(await outcomeOf(url, { ...LIST, ca: trusted })).toMatchObject({ status: 200, body: '{}' })
  expect(workspace.requests.all).toMatchObject([{ headers: { host: new URL(url).host } }])
})

// Otherwise no test would find a client that sends its token to an untrusted server.
test.each([
  { flaw: 'expired', code: 'CERT_HAS_EXPIRED' },
  { flaw: 'wrong host', code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
  { flaw: 'unknown authority', code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' },
] as const)('a certificate with the flaw "$flaw" is not trusted', async ({ flaw, code }) => {
  const workspace = await start()
  const { url, trusted } = closing(await TlsListener.start(workspace.url, { flaw }))
  expect(await outcomeOf(url, { ca: trusted })).toMatchObject({ status: undefined, failure: code })
  expect(workspace.requests.all).toEqual([])
})

test('a client without its certificate does not trust it', async () => {
  const { url } = closing(await TlsListener.start((await start()).url))
  expect((await outcomeOf(url)).failure).toBe('DEPTH_ZERO_SELF_SIGNED_CERT')
})

test('an incomplete response is incomplete for the client too', async () => {
  const workspace = await start()
  const { url, trusted } = closing(await TlsListener.start(workspace.url))
  const remove = workspace.intercept(() => hangUp)
  expect(await outcomeOf(url, { ca: trusted })).toMatchObject({ status: undefined, failure: 'ECONNRESET' })
  remove()
  workspace.intercept(() => cutShort(json(200, {}), 1))
  expect(await outcomeOf(url, { ca: trusted })).toMatchObject({ status: 200, failure: 'ECONNRESET' })
})

// Otherwise a kept-alive connection would be a new one for each request, and latency could not be compared.
test('requests on one connection use one connection to the workspace', async () => {
  const workspace = await start()
  const { url, trusted } = closing(await TlsListener.start(workspace.url))
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  for (let n = 0; n < 3; n++) await outcomeOf(url, { ca: trusted, agent })
  await outcomeOf(url, { ca: trusted })
  agent.destroy()
  expect(workspace.requests.all.map(({ connection }) => connection)).toEqual([1, 1, 1, 2])
})

test('it removes its file when it closes', async () => {
  const listener = await TlsListener.start((await start()).url)
  const { NODE_EXTRA_CA_CERTS: file } = listener.variables
  expect(existsSync(file)).toBe(true)
  await listener.close()
  expect(existsSync(file)).toBe(false)
})

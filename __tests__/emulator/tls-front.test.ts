/** Real host names on loopback. Requests to other hosts are refused. */
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { request } from 'node:http'
import type { Duplex } from 'node:stream'
import { promisify } from 'node:util'
import { expect, test } from '@jest/globals'
import { hangUp } from '../../emulator/faults.js'
import {
  closeSocket,
  keepSilent,
  openTunnel,
  refuseTunnel,
  resetSocket,
  type SocketFault,
} from '../../emulator/socket-faults.js'
import { TlsFront, type FrontOptions, type Origins } from '../../emulator/tls-front.js'
import { closing, send, signal, start } from './wire.js'

const HOST = 'adb-1.2.azuredatabricks.net'
const LOGIN = 'login.microsoftonline.com'

async function startFront(origins: Origins, options?: FrontOptions): Promise<TlsFront> {
  return closing(await TlsFront.start(origins, options))
}

/** What a process gets from a URL: the response, or the error with its details. */
type Got = { readonly status: number; readonly body: string } | { readonly error: string }

/** Gets URLs one after the other in a process of their own, like a step. */
async function get(env: Record<string, string>, ...urls: readonly string[]): Promise<Got[]> {
  const program = `
    import { inspect } from 'node:util'
    import { HttpClient } from '@actions/http-client'
    const got = []
    for (const url of ${JSON.stringify(urls)}) {
      try {
        const client = new HttpClient('test', [], { allowRedirects: false })
        const response = await client.get(url)
        got.push({ status: response.message.statusCode, body: await response.readBody() })
      } catch (error) {
        got.push({ error: inspect(error) })
      }
    }
    process.stdout.write(JSON.stringify(got))
    process.exit()`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
    env,
    timeout: 20_000,
  })
  return JSON.parse(stdout) as Got[]
}

/** Expects that the only URL could not be got, for this reason. */
function expectError([got, ...more]: readonly Got[], said: string | RegExp): void {
  expect(more).toEqual([])
  expect(got).toEqual({
    error: typeof said === 'string' ? expect.stringContaining(said) : expect.stringMatching(said),
  })
}

/** Returns the status of a CONNECT. */
async function connect({ proxyUrl }: TlsFront, target: string): Promise<number | undefined> {
  const { hostname, port } = new URL(proxyUrl)
  return await new Promise((resolve, reject) => {
    request({ hostname, port, method: 'CONNECT', path: target, headers: { host: target } })
      .on('connect', ({ statusCode }, socket) => {
        socket.destroy()
        resolve(statusCode)
      })
      .on('error', reject)
      .end()
  })
}

// Otherwise nothing that depends on a host name could be tested.
test('a step reaches each server by its real host name, which the server gets', async () => {
  const [workspace, login] = [await start(), await start()]
  const front = await startFront({ [HOST]: workspace.url, [LOGIN]: login.url })
  const path = '/oidc/.well-known/oauth-authorization-server'
  const urls = [`https://${HOST}${path}?a=b`, `https://${LOGIN}/there`]
  expect(await get(front.variables, ...urls)).toEqual([
    { status: 200, body: expect.stringContaining(`"token_endpoint":"https://${HOST}/oidc/v1/token"`) },
    expect.objectContaining({ status: 303 }),
  ])
  expect(workspace.requests.all).toMatchObject([{ method: 'GET', path, headers: { host: HOST } }])
  expect(workspace.requests.all[0]?.query.get('a')).toBe('b')
  expect(login.requests.all).toMatchObject([{ path: '/there', headers: { host: LOGIN } }])
  expect(front.connects).toEqual([`${HOST}:443`, `${LOGIN}:443`])
})

// Otherwise a wrong request could reach the real internet.
test.each([
  ['another name', 'workspace.invalid:443'],
  ['a name below one of them', `evil.${HOST}:443`],
  ['a name that begins with one of them', `${HOST}.evil.invalid:443`],
  ['another port', `${HOST}:8443`],
  ['no port', HOST],
])('%s is refused and recorded', async (_, target) => {
  const front = await startFront({ [HOST]: (await start()).url })
  expect(await connect(front, target)).toBe(403)
  expect(front.connects).toEqual([target])
})

test('host names are case-insensitive', async () => {
  const front = await startFront({ [HOST]: (await start()).url })
  expect(await connect(front, `${HOST.toUpperCase()}:443`)).toBe(200)
})

test('requests without TLS are rejected', async () => {
  const front = await startFront({ [HOST]: (await start()).url })
  expect((await send({ url: front.proxyUrl }, '/')).status).toBe(403)
})

// Otherwise no test would find a client that does not check certificates.
test('a client without its certificate does not trust it', async () => {
  const workspace = await start()
  const front = await startFront({ [HOST]: workspace.url })
  const { https_proxy } = front.variables
  expectError(await get({ https_proxy }, `https://${HOST}/`), 'self-signed certificate')
  expect(workspace.requests.all).toEqual([])
})

// Otherwise errors of a company's proxy could not be tested.
test.each([
  { name: 'wants to know who asks', fault: refuseTunnel(407), said: 'statusCode=407' },
  { name: 'forbids it', fault: refuseTunnel(403), said: 'statusCode=403' },
  { name: 'reaches nobody', fault: refuseTunnel(502), said: 'statusCode=502' },
  { name: 'closes the connection', fault: closeSocket, said: 'socket hang up' },
  { name: 'resets the connection', fault: resetSocket, said: 'ECONNRESET' },
  { name: 'closes it once it is through', fault: openTunnel(closeSocket), said: 'socket disconnected' },
  {
    name: 'resets it once it is through',
    fault: openTunnel(resetSocket),
    said: /ECONNRESET|socket disconnected/,
  },
])('a proxy that $name, the first time', async ({ fault, said }) => {
  const workspace = await start()
  const breaks: FrontOptions['breaks'] = (_, count) => (count === 1 ? fault : undefined)
  const front = await startFront({ [HOST]: workspace.url }, { breaks })
  const [first, second] = await get(front.variables, `https://${HOST}/`, `https://${HOST}/`)
  expectError(first === undefined ? [] : [first], said)
  expect(second).toMatchObject({ status: 303 })
  expect(workspace.requests.all).toHaveLength(1)
  expect(front.connects).toEqual([`${HOST}:443`, `${HOST}:443`])
})

test.each([
  { name: 'to the CONNECT', fault: keepSilent },
  { name: 'to TLS', fault: openTunnel(keepSilent) },
])('a proxy that does not respond $name', async ({ fault }) => {
  const asked = signal()
  const breaks = (): SocketFault => {
    asked.give()
    return fault
  }
  const front = await TlsFront.start({ [HOST]: (await start()).url }, { breaks })
  const outcome = get(front.variables, `https://${HOST}/`)
  await asked.given
  await front.close()
  expectError(await outcome, /hang up|disconnected|RESET/)
})

// Otherwise no test would find a client that does not check certificates behind a proxy.
test.each([
  { flaw: 'expired', said: 'certificate has expired' },
  { flaw: 'wrong host', said: "does not match certificate's altnames" },
  { flaw: 'unknown authority', said: 'unable to verify the first certificate' },
] as const)('a certificate with the flaw "$flaw" is not trusted', async ({ flaw, said }) => {
  const workspace = await start()
  const front = await startFront({ [HOST]: workspace.url }, { flaw })
  expectError(await get(front.variables, `https://${HOST}/`), said)
  expect(workspace.requests.all).toEqual([])
})

test('an incomplete response is incomplete for the client too', async () => {
  const workspace = await start()
  workspace.intercept(() => hangUp)
  const front = await startFront({ [HOST]: workspace.url })
  expectError(await get(front.variables, `https://${HOST}/`), 'socket hang up')
  expect(workspace.requests.all).toHaveLength(1)
})

test('it closes with an open connection, and removes its file', async () => {
  const front = await TlsFront.start({ [HOST]: (await start()).url })
  const { hostname, port } = new URL(front.proxyUrl)
  expect(readFileSync(front.certificateFile, 'utf8')).toBe(front.certificate)
  const socket = await new Promise<Duplex>((resolve, reject) => {
    request({ hostname, port, method: 'CONNECT', path: `${HOST}:443` })
      .on('connect', (_, connected) => {
        resolve(connected)
      })
      .on('error', reject)
      .end()
  })
  const cut = once(socket, 'close')
  await front.close()
  await cut
  expect(existsSync(front.certificateFile)).toBe(false)
})

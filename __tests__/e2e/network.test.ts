import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, request, type RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import path from 'node:path'

import { afterEach, describe, expect, test } from '@jest/globals'
import { generate } from 'selfsigned'

import { EmulatedWorkspace } from '../../emulator/workspace.js'
import { ahead, HURRIED, syncTo } from './sync-step.js'

const ELSEWHERE = { url: 'https://workspace.invalid' }

let server: Server | undefined
const sockets = new Set<Socket>()

/** Listens on a free port; the connections are closed after the test. */
async function listen(listening: Server, host = '127.0.0.1'): Promise<number> {
  server = listening
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
  })
  await new Promise<void>((resolve) => {
    listening.listen(0, host, resolve)
  })
  return (listening.address() as AddressInfo).port
}

async function close(): Promise<void> {
  await new Promise<void>((resolve) => {
    if (server === undefined) resolve()
    else {
      server.close(() => {
        resolve()
      })
    }
  })
  server = undefined
}

afterEach(async () => {
  for (const socket of sockets) socket.destroy()
  sockets.clear()
  await close()
})

describe('through a proxy', () => {
  // Behind a proxy, connections fail in unusual ways. A job that hangs would run until its time limit.
  test.each<[string, (socket: Socket) => unknown]>([
    ['that never answers', () => undefined],
    [
      'that is silent once it has connected',
      (socket) => socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\n\r\n')),
    ],
  ])('%s, the step fails and the process ends', async (_, behave) => {
    const port = await listen(createTcpServer(behave))
    const env = { https_proxy: `http://127.0.0.1:${port}` }
    const step = await syncTo(ELSEWHERE, {}, { ...HURRIED, env, timeoutMs: 20_000 })
    expect(step.timedOut).toBe(false)
    expect(step.exitCode).toBe(1)
    expect(step.log).toContain('No connection to https://workspace.invalid could be made through the proxy')
    expect(step.summary).not.toBe('')
  })

  test.each<[string, (socket: Socket) => unknown]>([
    ['that asks who we are', (socket) => socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')],
    ['that hangs up', (socket) => socket.destroy()],
  ])('%s, the step fails and the error names the proxy', async (_, behave) => {
    const port = await listen(createTcpServer((socket) => socket.once('data', () => behave(socket))))
    const { exitCode, log } = await syncTo(
      ELSEWHERE,
      {},
      { env: { https_proxy: `http://127.0.0.1:${port}` } },
    )
    expect(exitCode).toBe(1)
    expect(log).toContain('No connection to https://workspace.invalid could be made through the proxy')
    expect(log).toContain('Check the variables https_proxy and no_proxy')
  })

  test('that does not exist, the step fails and the error names the proxy', async () => {
    const port = await listen(createTcpServer())
    await close()
    const { exitCode, log } = await syncTo(
      ELSEWHERE,
      {},
      { env: { https_proxy: `http://127.0.0.1:${port}` } },
    )
    expect(exitCode).toBe(1)
    expect(log).toContain('could be made through the proxy')
  })
})

describe('a connection', () => {
  // The workspace may have received the put: "no connection" would be a wrong report.
  test.each(['read', 'write'])('that times out in a %s counts as established', async (syscall) => {
    const workspace = await EmulatedWorkspace.start()
    const timedOut = `Object.assign(new Error(), { code: 'ETIMEDOUT', syscall: '${syscall}' })`
    const step = ahead(`
      import http from 'node:http'
      const { request } = http
      http.request = (...args) => {
        const sent = request(...args)
        // The connection exists at this point.
        sent.once('finish', () => sent.destroy(${timedOut}))
        return sent
      }`)
    try {
      const { exitCode, log } = await syncTo(workspace, {}, step)
      expect(exitCode).toBe(1)
      expect(log).toContain('was lost before the response was complete')
    } finally {
      await workspace.close()
    }
  })
})

describe('over TLS', () => {
  // Otherwise, an attacker between the runner and the workspace would get the token and every secret.
  test('an untrusted certificate is refused, and nothing is sent', async () => {
    const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }])
    let asked = 0
    const port = await listen(
      createTlsServer({ key, cert }, (_, answer) => {
        asked++
        answer.end('{}')
      }),
    )
    const { exitCode, log } = await syncTo({ url: `https://127.0.0.1:${port}` })
    expect(exitCode).toBe(1)
    expect(log).toContain('its certificate is not trusted here')
    expect(log).toContain('NODE_EXTRA_CA_CERTS')
    expect(asked).toBe(0)
  })

  test('a certificate in NODE_EXTRA_CA_CERTS is trusted', async () => {
    const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
    })
    const workspace = await EmulatedWorkspace.start()
    const port = await listen(createTlsServer({ key, cert }, relayTo(workspace.url)))
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'network-')), 'ca.pem')
    writeFileSync(file, cert)
    try {
      const env = { NODE_EXTRA_CA_CERTS: file }
      const { exitCode } = await syncTo({ url: `https://localhost:${port}` }, {}, { env })
      expect(exitCode).toBe(0)
      expect(workspace.store.scope('storage').secrets).toHaveLength(1)
    } finally {
      rmSync(path.dirname(file), { recursive: true })
      await workspace.close()
    }
  })
})

/** Forwards each request to the workspace. */
function relayTo(url: string): RequestListener {
  return (incoming, answer) => {
    const { method, headers } = incoming
    const onward = request(url + (incoming.url ?? ''), { method, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 0, response.headers)
      response.pipe(answer)
    })
    incoming.pipe(onward)
  }
}

const hasIpv6 = Object.values(networkInterfaces()).some((addresses) =>
  addresses?.some(({ address }) => address === '::1'),
)
const onIpv6 = hasIpv6 ? test : test.skip

describe('the loopback address of IPv6', () => {
  // The brackets are part of the address, but not of the host name that Node expects.
  onIpv6('is reached', async () => {
    const workspace = await EmulatedWorkspace.start()
    const port = await listen(createServer(relayTo(workspace.url)), '::1')
    try {
      const { exitCode } = await syncTo({ url: `http://[::1]:${port}` })
      expect(exitCode).toBe(0)
      expect(workspace.store.scope('storage').secret('blob')?.value.toString()).toBe('fake-value')
    } finally {
      await workspace.close()
    }
  })
})

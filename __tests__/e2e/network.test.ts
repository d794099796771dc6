import { createServer, request } from 'node:http'
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { networkInterfaces } from 'node:os'

import { afterEach, describe, expect, test } from '@jest/globals'

import { EmulatedWorkspace } from '../../emulator/workspace.js'
import { HURRIED, syncTo } from './sync-step.js'

const ELSEWHERE = { url: 'https://workspace.invalid' }

let server: Server | undefined
const sockets = new Set<Socket>()

/** Listens on a free port; the connections are cut after the test. */
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
  // A runner behind a proxy is where the network is strange: a job that hangs there costs its whole time limit.
  test.each<[string, (socket: Socket) => unknown]>([
    ['that never answers', () => undefined],
    [
      'that is silent once it has connected',
      (socket) => socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\n\r\n')),
    ],
  ])('%s, the step is red and the process ends', async (_, behave) => {
    const port = await listen(createTcpServer(behave))
    const env = { https_proxy: `http://127.0.0.1:${port}` }
    const step = await syncTo(ELSEWHERE, {}, { ...HURRIED, env, timeoutMs: 20_000 })
    expect(step.timedOut).toBe(false)
    expect(step.exitCode).toBe(1)
    expect(step.log).toContain('did not answer in time')
    expect(step.summary).not.toBe('')
  })

  test.each<[string, (socket: Socket) => unknown]>([
    ['that asks who we are', (socket) => socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')],
    ['that hangs up', (socket) => socket.destroy()],
  ])('%s, the step is red and says that it is the proxy', async (_, behave) => {
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

  test('that is not there, the step is red and says that it is the proxy', async () => {
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

const hasIpv6 = Object.values(networkInterfaces()).some((addresses) =>
  addresses?.some(({ address }) => address === '::1'),
)
const onIpv6 = hasIpv6 ? test : test.skip

describe('the loopback address of IPv6', () => {
  // The brackets are part of the address and not of the name that Node looks up.
  onIpv6('is reached', async () => {
    const workspace = await EmulatedWorkspace.start()
    const relay = createServer((incoming, answer) => {
      const { method, url, headers } = incoming
      const onward = request(workspace.url + (url ?? ''), { method, headers }, (response) => {
        answer.writeHead(response.statusCode ?? 0, response.headers)
        response.pipe(answer)
      })
      incoming.pipe(onward)
    })
    const port = await listen(relay, '::1')
    try {
      const { exitCode } = await syncTo({ url: `http://[::1]:${port}` })
      expect(exitCode).toBe(0)
      expect(workspace.store.scope('storage').secret('blob')?.value.toString()).toBe('fake-value')
    } finally {
      await workspace.close()
    }
  })
})

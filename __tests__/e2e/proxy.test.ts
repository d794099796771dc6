import { createServer, type Server } from 'node:http'
import { connect, type AddressInfo } from 'node:net'

import { afterEach, beforeEach, expect, test } from '@jest/globals'

import { TlsFront } from '../../emulator/tls-front.js'
import { EmulatedWorkspace } from '../../emulator/workspace.js'
import { everythingSaid, syncTo } from './sync-step.js'

const HOST = { url: 'https://workspace.test' }

let workspace: EmulatedWorkspace
let front: TlsFront
let gate: Server
let authorizations: (string | undefined)[]

beforeEach(async () => {
  workspace = await EmulatedWorkspace.start()
  front = await TlsFront.start({ 'workspace.test': workspace.url })
  authorizations = []
  gate = createServer().on('connect', ({ url = '', headers }, socket, head) => {
    authorizations.push(headers['proxy-authorization'])
    if (headers['proxy-authorization'] !== `Basic ${btoa('ada:fake pass')}`) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
      return
    }
    const onward = connect(Number(new URL(front.proxyUrl).port), '127.0.0.1')
    onward.write(`CONNECT ${url} HTTP/1.1\r\nhost: ${url}\r\n\r\n`)
    onward.write(head)
    onward.on('error', () => socket.destroy()).pipe(socket)
    socket.on('error', () => onward.destroy()).pipe(onward)
  })
  await new Promise<void>((resolve) => gate.listen(0, '127.0.0.1', resolve))
})

afterEach(async () => {
  await Promise.all([front.close(), workspace.close()])
  gate.closeAllConnections()
  gate.close()
})

function gateFor(user: string): string {
  return `http://${user}@127.0.0.1:${(gate.address() as AddressInfo).port}`
}

// In many companies, runners have access to the internet only through a proxy.
test('requests reach the workspace through a proxy', async () => {
  const { exitCode } = await syncTo(HOST, {}, { runnerVariables: front.variables })
  expect(exitCode).toBe(0)
  expect(new Set(front.connects)).toEqual(new Set(['workspace.test:443']))
  expect(workspace.store.scope('storage').secret('blob')?.value.toString()).toBe('fake-value')
})

test('a proxy that requires a name and a password gets them, and no other server does', async () => {
  const runnerVariables = { ...front.variables, https_proxy: gateFor('ada:fake%20pass') }
  const step = await syncTo(HOST, {}, { runnerVariables })
  expect(step.exitCode).toBe(0)
  expect(workspace.store.scope('storage').secret('blob')?.value.toString()).toBe('fake-value')
  expect(everythingSaid(step)).not.toMatch(/fake(%20| )pass/)
})

test('a proxy that refuses the password is named in the error', async () => {
  const runnerVariables = { ...front.variables, https_proxy: gateFor('ada:fake-wrong') }
  const step = await syncTo(HOST, {}, { runnerVariables })
  expect(step.exitCode).toBe(1)
  expect(new Set(authorizations)).toEqual(new Set([`Basic ${btoa('ada:fake-wrong')}`]))
  expect(step.log).toContain('could be made through the proxy')
  expect(everythingSaid(step)).not.toContain('fake-wrong')
  expect(workspace.requests.all).toEqual([])
})

// It means the same as .host. The HTTP client of the toolkit does not know it, and would use the proxy.
test('no_proxy with *.host bypasses the proxy', async () => {
  const runnerVariables = { ...front.variables, https_proxy: gateFor('ada:fake-wrong'), NO_PROXY: '*.test' }
  const step = await syncTo({ url: 'https://workspace.test:9' }, {}, { runnerVariables })
  expect(step.log).toContain('No connection to https://workspace.test:9 could be made. ')
  expect(authorizations).toEqual([])
})

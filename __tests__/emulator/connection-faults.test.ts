/** Errors before any HTTP: the port is closed, or its server does not speak HTTP. */
import { expect, test } from '@jest/globals'
import { BrokenListener } from '../../emulator/broken-listener.js'
import { RefusedPort } from '../../emulator/refused-port.js'
import { closeSocket, keepSilent, resetSocket, say } from '../../emulator/socket-faults.js'
import { outcomeOf, rawOutcomeOf } from './outcome.js'
import { closing, signal, start } from './wire.js'

// Otherwise a refused connection could be tested only on a port that happens to be free.
test('a refused port refuses every connection', async () => {
  const port = closing(await RefusedPort.start())
  for (let n = 0; n < 3; n++) {
    expect(await outcomeOf(port.url)).toMatchObject({ status: undefined, failure: 'ECONNREFUSED' })
  }
})

test('no server can listen on a refused port', async () => {
  const refused = closing(await RefusedPort.start())
  const port = Number(new URL(refused.url).port)
  await expect(start({ port })).rejects.toThrow('EADDRINUSE')
})

// Otherwise no test would find a client that waits forever for the first byte.
test('a listener can accept a connection and send nothing', async () => {
  const taken = signal()
  const listener = await BrokenListener.start((socket) => {
    keepSilent(socket)
    taken.give()
  })
  const outcome = outcomeOf(listener.url)
  await taken.given
  await listener.close()
  expect(await outcome).toMatchObject({ status: undefined, failure: 'ECONNRESET' })
})

test.each([
  { name: 'close', fault: closeSocket, end: 'FIN' },
  { name: 'reset', fault: resetSocket, end: 'ECONNRESET' },
])('a listener can $name each accepted connection', async ({ fault, end }) => {
  const listener = closing(await BrokenListener.start(fault))
  expect(await rawOutcomeOf(listener.url, '')).toEqual({ text: '', end })
  expect(await outcomeOf(listener.url)).toMatchObject({ status: undefined })
  expect(listener.connections).toBe(2)
})

test('a listener can speak another protocol than HTTP', async () => {
  const listener = closing(await BrokenListener.start(say('SSH-2.0-fake\r\n')))
  expect(await rawOutcomeOf(listener.url, '')).toEqual({ text: 'SSH-2.0-fake\r\n', end: 'FIN' })
  expect((await outcomeOf(listener.url)).failure).toMatch(/^HPE_/)
})

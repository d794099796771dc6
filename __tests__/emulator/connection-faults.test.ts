/** What goes wrong before there is any HTTP: nobody listens, or whoever does is none of ours. */
import { expect, test } from '@jest/globals'
import { BrokenListener } from '../../emulator/broken-listener.js'
import { RefusedPort } from '../../emulator/refused-port.js'
import { closeSocket, keepSilent, resetSocket, say } from '../../emulator/socket-faults.js'
import { outcomeOf, rawOutcomeOf } from './outcome.js'
import { closing, signal, start } from './wire.js'

// Lost if this fails: "nothing is listening" could be tried only where by chance nothing is.
test('a refused port refuses every connection', async () => {
  const port = closing(await RefusedPort.start())
  for (let n = 0; n < 3; n++) {
    expect(await outcomeOf(port.url)).toMatchObject({ status: undefined, failure: 'ECONNREFUSED' })
  }
})

test('no server can take a refused port', async () => {
  const refused = closing(await RefusedPort.start())
  const port = Number(new URL(refused.url).port)
  await expect(start({ port })).rejects.toThrow('EADDRINUSE')
})

// Lost if this fails: a client that waits without end for the first byte would not be found out.
test('a listener can take a connection and say nothing', async () => {
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
])('a listener can $name each connection that it takes', async ({ fault, end }) => {
  const listener = closing(await BrokenListener.start(fault))
  expect(await rawOutcomeOf(listener.url, '')).toEqual({ text: '', end })
  expect(await outcomeOf(listener.url)).toMatchObject({ status: undefined })
  expect(listener.connections).toBe(2)
})

test('a listener can speak something else than HTTP', async () => {
  const listener = closing(await BrokenListener.start(say('SSH-2.0-fake\r\n')))
  expect(await rawOutcomeOf(listener.url, '')).toEqual({ text: 'SSH-2.0-fake\r\n', end: 'FIN' })
  expect((await outcomeOf(listener.url)).failure).toMatch(/^HPE_/)
})

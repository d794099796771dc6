import { Agent, request, type RequestListener } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { Socket } from 'node:net'
import type { FakeCertificate } from './fake-certificate.js'

/** Returns an HTTPS server that forwards requests to `http://127.0.0.1:<port>`. It does not listen yet. */
export function tlsRelay(origin: string, { key, cert }: Pick<FakeCertificate, 'key' | 'cert'>): Server {
  const server = createServer({ key, cert }, relayTo(origin))
  // The same as for the servers behind it.
  server.keepAliveTimeout = 60_000
  return server
}

/**
 * Forwards each request with its Host header, on one connection for each client connection. A response that is incomplete or
 * missing is so for the client too.
 */
function relayTo(origin: string): RequestListener {
  const agents = new WeakMap<Socket, Agent>()
  const agentFor = (socket: Socket): Agent => {
    const earlier = agents.get(socket)
    if (earlier !== undefined) return earlier
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    agents.set(socket, agent)
    socket.once('close', () => {
      agent.destroy()
    })
    return agent
  }
  return (incoming, answer) => {
    const { method, headers, url = '' } = incoming
    const onward = request(origin + url, {
      method,
      headers: { ...headers, 'x-forwarded-proto': 'https' },
      agent: agentFor(incoming.socket),
    })
    onward.on('response', (response) => {
      answer.writeHead(response.statusCode ?? 0, response.headers)
      response.on('error', () => answer.destroy())
      response.pipe(answer)
    })
    onward.on('error', () => answer.destroy())
    answer.on('close', () => onward.destroy())
    incoming.pipe(onward)
  }
}

import { once } from 'node:events'
import {
  createServer,
  request as requestPlain,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type Server,
  type ServerResponse,
} from 'node:http'
import { request as requestTls } from 'node:https'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { urlToHttpOptions } from 'node:url'
import { errorCodeOf } from '../emulator/reply.js'
import { requestTarget } from '../emulator/request-target.js'
import type { Exchange } from '../emulator/transcript.js'

/** Options of a recorder. */
interface Route {
  /** The workspace's origin. */
  readonly workspace: string
  /** The fake tokens of clients, and the real tokens that replace them. */
  readonly tokens: ReadonlyMap<string, string>
  /** Whether a request may be forwarded. */
  readonly mayLeave: (request: RecordedRequest) => boolean
  /** Called at the end of each exchange. */
  readonly onExchange: (exchange: Exchange) => void
}

/** A complete request of a client. */
export type RecordedRequest = Pick<Exchange, 'method' | 'path' | 'query' | 'headers' | 'rawBody'>

/** The timeout for a response of the workspace. */
const TIMEOUT_MS = 30_000

/** Headers of one connection (RFC 9110, 7.6.1), and headers that the recorder sets itself. */
const OF_A_HOP = [
  'connection proxy-connection keep-alive proxy-authenticate proxy-authorization te trailer transfer-encoding',
  'upgrade expect host content-length',
].flatMap((names) => names.split(' '))

/**
 * A server on loopback between clients and a real workspace. It forwards each request with an unchanged body, follows no
 * redirect, and reports the exchange. Clients never get a real token.
 */
export class Recorder {
  readonly #route: Route
  readonly #server: Server
  readonly #underWay = new Set<Promise<unknown>>()
  #closed = false

  private constructor(route: Route) {
    this.#route = route
    this.#server = createServer((request, response) => void this.#serve(request, response))
    this.#server.keepAliveTimeout = 60_000
  }

  /** Starts a recorder on a free port on 127.0.0.1. */
  static async start(route: Route): Promise<Recorder> {
    const recorder = new Recorder(route)
    await new Promise<void>((resolve, reject) => {
      recorder.#server.once('error', reject)
      recorder.#server.listen(0, '127.0.0.1', resolve)
    })
    return recorder
  }

  /** `http://127.0.0.1:<port>`, without a trailing slash. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Waits for the responses to all forwarded requests, also of disconnected clients. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay)
  }

  /** Stops forwarding, waits for forwarded requests, and closes every connection. */
  async close(): Promise<void> {
    this.#closed = true
    await this.settled()
    this.#server.close()
    this.#server.closeAllConnections()
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', headers } = incoming
    const { target, path, query } = requestTarget(incoming.url)
    let rawBody: Buffer
    try {
      rawBody = await buffer(incoming)
    } catch {
      return // The client went away before it had sent all: there is nothing to forward.
    }
    if (this.#closed) {
      response.destroy()
      return
    }
    const request = { method, path, query, headers, rawBody }
    const answering = this.#answer(request, target)
    this.#underWay.add(answering)
    const answer = await answering
    this.#underWay.delete(answering)
    const { status, errorCode, failure, body } = answer
    const reply = failure === undefined ? { status, headers: singles(answer.headers), body } : undefined
    this.#route.onExchange({
      ...request,
      errorCode,
      reply,
      status: reply?.status,
      ...(failure === undefined ? {} : { failure }),
    })
    const length = status === 204 || status === 304 ? {} : { 'content-length': body.length }
    response.writeHead(status, { ...answer.headers, ...length }).end(body)
  }

  async #answer(request: RecordedRequest, target: string): Promise<Answer> {
    const { method, headers, rawBody } = request
    if (!this.#route.mayLeave(request))
      return failed(403, 'NOT_FORWARDED', 'The recorder did not forward it.')
    try {
      const answer = await forward(this.#route.workspace, {
        method,
        path: target === '' ? '/' : target,
        headers: this.#forwarded(headers, rawBody.length),
        body: rawBody,
      })
      const { status, body } = answer
      return { ...answer, errorCode: errorCodeOf({ status, body, headers: {} }) }
    } catch (error) {
      const { code = 'UNKNOWN' } = error as NodeJS.ErrnoException
      return failed(502, code, `The recorder got no answer from the workspace: ${code}`)
    }
  }

  #forwarded(headers: IncomingHttpHeaders, length: number): OutgoingHttpHeaders {
    const { authorization = '', ...others } = endToEnd(headers)
    const [scheme, token = ''] = authorization.split(/ +(.*)/s)
    const real = this.#route.tokens.get(token)
    return {
      ...others,
      ...(authorization === ''
        ? {}
        : { authorization: real === undefined ? authorization : `${scheme} ${real}` }),
      // In a format that the transcript can read.
      'accept-encoding': 'identity',
      ...(length === 0 && headers['content-length'] === undefined ? {} : { 'content-length': length }),
    }
  }
}

interface Answer {
  readonly status: number
  readonly headers: OutgoingHttpHeaders
  readonly body: Buffer
  readonly errorCode: string | number | undefined
  /** Why the response is not from the workspace. */
  readonly failure?: string
}

function failed(status: number, failure: string, message: string): Answer {
  const headers = { 'content-type': 'text/plain; charset=utf-8' }
  return { status, headers, body: Buffer.from(message), errorCode: undefined, failure }
}

interface Message {
  readonly method: string
  readonly path: string
  readonly headers: OutgoingHttpHeaders
  readonly body: Buffer
}

/** Sends a request on a new connection. The workspace could close a pooled one at the same moment. */
async function forward(workspace: string, message: Message): Promise<Omit<Answer, 'errorCode' | 'failure'>> {
  const { body, ...head } = message
  const url = new URL(workspace)
  const options = { ...urlToHttpOptions(url), ...head, agent: false, timeout: TIMEOUT_MS }
  const outgoing = url.protocol === 'https:' ? requestTls(options) : requestPlain(options)
  outgoing.on('timeout', () => outgoing.destroy(Object.assign(new Error('No answer'), { code: 'ETIMEDOUT' })))
  // After the response has started, its stream reports the error too. This listener prevents a crash.
  outgoing.on('error', () => undefined)
  outgoing.end(body)
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage]
  return {
    status: incoming.statusCode ?? 0,
    headers: endToEnd(incoming.headers),
    body: await buffer(incoming),
  }
}

/** Returns the end-to-end headers, without those for the next hop. */
function endToEnd(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  const named = (headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase())
  const hop = new Set([...OF_A_HOP, ...named])
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !hop.has(name)))
}

function singles(headers: OutgoingHttpHeaders): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
}

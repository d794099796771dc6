import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import type { Fault } from './faults.js'
import { parseJson } from './parse-json.js'
import { apiError, errorCodeOf, type Reply } from './reply.js'
import { RequestLog, type RequestRecord } from './request-log.js'
import { requestTarget } from './request-target.js'
import { waitUntil } from './wait-until.js'

/** Options of the server. */
export interface ServerOptions {
  /**
   * Milliseconds from a request's last byte to its response, like a slow network. It includes the time to handle the
   * request. Default: 0.
   */
  readonly latencyMs?: number
  /** Additional milliseconds for the first response of each connection, like TCP and TLS. Default: 0. */
  readonly connectLatencyMs?: number
  /** The keep-alive timeout in milliseconds, which the response head contains. Default: 60,000. */
  readonly keepAliveMs?: number
  /** The port on 127.0.0.1. Default: 0, any free one. */
  readonly port?: number
  /** Called at the end of each request, with or without a response. */
  readonly onRequestEnd?: (request: RequestRecord) => void
}

/**
 * Prepares a request: everything that takes time and changes no state. It returns a function that handles the request
 * synchronously. That function is called at most once.
 */
export type Handler = (request: RequestRecord) => (() => Reply) | Promise<() => Reply>

/**
 * Gets each request before the server. It returns a response, or undefined to continue. It may change the server's state
 * first, or wait.
 *
 * `perform` makes the server handle the request now, and returns the response. The request is handled only once: later
 * calls and the server itself use the same response. So a response can be lost after the request has taken effect.
 */
export type Interceptor = (
  request: RequestRecord,
  perform: () => Reply,
) => Reply | Fault | undefined | Promise<Reply | Fault | undefined>

const FAILED = apiError(500, 'INTERNAL_ERROR', 'The emulator failed: close() tells why.')

/** An HTTP server on 127.0.0.1 that logs its requests, and lets tests intercept them. */
export class LoopbackServer {
  /** All requests so far. */
  readonly requests = new RequestLog()
  readonly #options: ServerOptions
  readonly #handler: Handler
  readonly #server: Server
  readonly #interceptors = new Set<Interceptor>()
  readonly #mistakes: unknown[] = []
  readonly #connections = new WeakMap<Socket, number>()
  #connectionCount = 0

  /** The server does not listen until `listen`. */
  constructor(handler: Handler, options: ServerOptions = {}) {
    this.#handler = handler
    this.#options = options
    this.#server = createServer((request, response) => void this.#serve(request, response))
    // Node's default of five seconds would close pooled connections early. A real service does not.
    this.#server.keepAliveTimeout = options.keepAliveMs ?? 60_000
  }

  /**
   * Listens on 127.0.0.1 only.
   *
   * @throws Error if the port is in use
   */
  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(this.#options.port ?? 0, '127.0.0.1', resolve)
    })
  }

  /** `http://127.0.0.1:<port>`, without a trailing slash. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Adds an interceptor after the existing ones. The first response is used. Returns a function that removes it. */
  intercept(interceptor: Interceptor): () => void {
    this.#interceptors.add(interceptor)
    return () => void this.#interceptors.delete(interceptor)
  }

  /**
   * Stops listening and closes every connection, also of requests without a response.
   *
   * @throws AggregateError with the errors of interceptors, such as failed assertions. Clients only got status 500
   */
  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve()
      })
      this.#server.closeAllConnections()
    })
    if (this.#mistakes.length > 0) throw new AggregateError(this.#mistakes, 'Requests failed in the emulator')
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', headers } = request
    const { path, query } = requestTarget(request.url)
    const earlier = this.#connections.get(request.socket)
    const connection = earlier ?? ++this.#connectionCount
    this.#connections.set(request.socket, connection)
    const record = this.requests.start({ method, path, query, headers, connection })
    response.on('close', () => {
      this.requests.end(record)
      this.#options.onRequestEnd?.(record)
    })
    try {
      record.rawBody = await buffer(request)
    } catch {
      return // The client disconnected before it had sent everything.
    }
    record.body = parseJson(record.rawBody)
    const due = performance.now() + this.#latencyMs(earlier === undefined)
    try {
      const answer = await this.#answer(record)
      await waitUntil(due)
      if (typeof answer !== 'function') {
        this.#send(answer, record, response)
      } else {
        answer(response)
        record.status = response.headersSent ? response.statusCode : undefined
      }
    } catch (mistake) {
      this.#mistakes.push(mistake)
      if (response.headersSent) response.destroy()
      else this.#send(FAILED, record, response)
    }
  }

  #latencyMs(isFirstOfConnection: boolean): number {
    const { latencyMs = 0, connectLatencyMs = 0 } = this.#options
    return latencyMs + (isFirstOfConnection ? connectLatencyMs : 0)
  }

  async #answer(record: RequestRecord): Promise<Reply | Fault> {
    // Before the interceptors, so that `perform` is synchronous.
    const handle = await this.#handler(record)
    let performed: Reply | undefined
    const perform = (): Reply => (performed ??= handle())
    for (const interceptor of this.#interceptors) {
      const answer = await interceptor(record, perform)
      if (answer !== undefined) return answer
    }
    return perform()
  }

  #send(reply: Reply, record: RequestRecord, response: ServerResponse): void {
    const length = Buffer.byteLength(reply.body)
    record.status = reply.status
    record.errorCode = errorCodeOf(reply)
    record.reply = reply
    // Before the response is written: a client that has the response finds its request complete in the log.
    this.requests.end(record)
    response.writeHead(reply.status, { ...reply.headers, 'content-length': length }).end(reply.body)
  }
}

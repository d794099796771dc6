import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import type { Fault } from './faults.js'
import { parseJson } from './parse-json.js'
import { apiError, errorCodeOf, type Reply } from './reply.js'
import { RequestLog, type RequestRecord } from './request-log.js'
import { requestTarget } from './request-target.js'
import { waitUntil } from './wait-until.js'

/** How the server is set up. */
export interface ServerOptions {
  /**
   * Milliseconds from a request's last byte to its answer, as if the network took them; default 0. It is handled at once,
   * and what that takes is part of them.
   */
  readonly latencyMs?: number
  /** Milliseconds more for the first answer of each connection, as if TCP and TLS took them; default 0. */
  readonly connectLatencyMs?: number
  /** After how many milliseconds a connection without a request is closed; default 60,000. The head of an answer tells it. */
  readonly keepAliveMs?: number
  /** The port on 127.0.0.1; default 0, any free one. */
  readonly port?: number
  /** Called at the end of each request, answered or lost. */
  readonly onRequestEnd?: (request: RequestRecord) => void
}

/**
 * Gets ready for a request, with all that takes time and changes nothing; what it returns handles the request at once and
 * is called at most once.
 */
export type Handler = (request: RequestRecord) => (() => Reply) | Promise<() => Reply>

/**
 * Stands between the network and the server: sees a request before the server does, and gives an answer of its own, or
 * undefined to let it go on. It may change the server's state first, or take its time.
 *
 * `perform` has the server handle the request at once and returns what it would answer (once: later calls, and the server
 * itself, use the same answer). So an answer can be lost after its call has taken effect.
 */
export type Interceptor = (
  request: RequestRecord,
  perform: () => Reply,
) => Reply | Fault | undefined | Promise<Reply | Fault | undefined>

const FAILED = apiError(500, 'INTERNAL_ERROR', 'The emulator failed: close() tells why.')

/** An HTTP server on 127.0.0.1 that logs its requests and lets tests come between. */
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

  /** It does not listen yet: see `listen`. */
  constructor(handler: Handler, options: ServerOptions = {}) {
    this.#handler = handler
    this.#options = options
    this.#server = createServer((request, response) => void this.#serve(request, response))
    // Node's five seconds would cut pooled connections under a client's feet, which a real service does not.
    this.#server.keepAliveTimeout = options.keepAliveMs ?? 60_000
  }

  /**
   * Listens on 127.0.0.1 alone.
   *
   * @throws the error of the network if the port is taken
   */
  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(this.#options.port ?? 0, '127.0.0.1', resolve)
    })
  }

  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Puts an interceptor behind those that are there; the first to answer ends it. Returns what removes it. */
  intercept(interceptor: Interceptor): () => void {
    this.#interceptors.add(interceptor)
    return () => void this.#interceptors.delete(interceptor)
  }

  /**
   * Stops listening and cuts every connection, also of requests that nobody answers.
   *
   * @throws AggregateError of what interceptors threw (an assertion, say): their clients only saw a status 500
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
      return // The client went away before it had sent all: there is nobody to answer.
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
    // Ahead of the interceptors, so that `perform` has nothing to wait for.
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
    // Ended before it is written: a client that has seen the answer finds its request complete in the log.
    this.requests.end(record)
    response.writeHead(reply.status, { ...reply.headers, 'content-length': length }).end(reply.body)
  }
}

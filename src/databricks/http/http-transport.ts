import { isUtf8 } from 'node:buffer'
import { Agent as HttpAgent, request as requestHttp, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as requestHttps } from 'node:https'
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'

import { getProxyUrl, HttpClient } from '@actions/http-client'

import packageJson from '../../../package.json' with { type: 'json' }

import { WorkspaceError } from '../workspace-error.js'
import { connectionError } from './connection-error.js'

/** The timeout for a connection, including DNS, proxy and TLS, in ms. An address without a server must not cost a minute. */
const CONNECT_TIMEOUT_MS = 10_000

/** The timeout for the start of the response, and between two chunks of it, in ms. */
const IDLE_TIMEOUT_MS = 30_000

/** The timeout for the whole request, from the connection to the last byte of the response, in ms. */
const REQUEST_TIMEOUT_MS = 60_000

/** How long running requests may continue after the run is cancelled, in ms. */
const CANCEL_GRACE_MS = 2_000

/**
 * The maximum response size, in bytes. The longest response of a workspace, a list of 1,000 scopes backed by Azure Key
 * Vault, has a tenth of that.
 */
const MAX_RESPONSE_BYTES = 4 * 1024 * 1024

const USER_AGENT = `databricks-secrets-sync/${packageJson.version}`

/** An HTTP request to any server. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** Null for no body. */
  readonly body: string | null
  /** The maximum response size, in bytes. Default: {@link MAX_RESPONSE_BYTES}. */
  readonly maxResponseBytes?: number
}

/** An HTTP response. Everything in it is untrusted. */
export interface HttpResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

/** How requests to one origin are sent. */
interface Route {
  readonly request: typeof requestHttp
  readonly agent: HttpAgent
  readonly usesProxy: boolean
}

/**
 * Sends HTTP requests, each once. It keeps connections open, unless a proxy is used. It follows no redirect: the body may be
 * a secret, and would go to another server.
 */
export class HttpTransport {
  readonly #cancelled: AbortSignal
  readonly #routes = new Map<string, Route>()
  /** For each running request, the function that aborts it. */
  readonly #running = new Set<() => void>()
  /** Sockets with a finished TLS handshake. A request through a proxy may get a socket that is not new. */
  readonly #tlsSockets = new WeakSet<Socket>()

  /** @param cancelled When it fires, no new request is sent, and running requests are aborted two seconds later. */
  constructor(cancelled: AbortSignal) {
    this.#cancelled = cancelled
    cancelled.addEventListener('abort', () => {
      // If all requests end earlier, the process does not wait for this timer.
      setTimeout(() => {
        this.#abortAll()
      }, CANCEL_GRACE_MS).unref()
    })
  }

  /**
   * Sends a request and returns the response, with any status.
   *
   * @throws {WorkspaceError} if there is no complete response. Its details have the origin.
   */
  async send({ method, url, headers, body, maxResponseBytes }: HttpRequest): Promise<HttpResponse> {
    const target = new URL(url)
    try {
      if (this.#cancelled.aborted) throw new WorkspaceError('cancelled', { notSent: true })
      const options = { method, headers: { ...headers, 'user-agent': USER_AGENT } }
      return await this.#sendOnce(target, options, body, maxResponseBytes)
    } catch (error) {
      const { failure, details } = error instanceof WorkspaceError ? error : connectionError(error, false)
      throw new WorkspaceError(failure, { ...details, origin: target.origin })
    }
  }

  /** Closes all connections, also of running requests. Open connections would keep the process alive. */
  close(): void {
    this.#abortAll()
    for (const { agent, usesProxy } of this.#routes.values()) if (!usesProxy) agent.destroy()
  }

  #abortAll(): void {
    for (const abort of this.#running) abort()
  }

  /** Always settles: while a promise is pending and nothing else runs, Node ends the process with exit code 0. */
  #sendOnce(
    target: URL,
    options: { method: string; headers: Record<string, string> },
    body: string | null,
    maxResponseBytes = MAX_RESPONSE_BYTES,
  ): Promise<HttpResponse> {
    const { request, agent, usesProxy } = this.#routeTo(target)
    return new Promise((resolve, reject) => {
      let isConnected = false
      let hasResponse = false
      const clientRequest = request({
        ...options,
        // Node expects an IPv6 address without brackets.
        host: target.hostname.replace(/^\[(.*)\]$/, '$1'),
        port: target.port,
        path: target.pathname + target.search,
        agent,
      })
      const cleanUp = (): void => {
        clearTimeout(idleTimer)
        clearTimeout(requestTimer)
        this.#running.delete(abort)
      }
      const fail = (error: WorkspaceError): void => {
        cleanUp()
        reject(error)
        clientRequest.destroy()
      }
      const connectFailed = (): void => {
        fail(new WorkspaceError(usesProxy ? 'proxy' : 'unreachable'))
      }
      const timedOut = (): void => {
        if (isConnected) fail(new WorkspaceError('timeout'))
        else connectFailed()
      }
      const abort = (): void => {
        fail(new WorkspaceError('cancelled', { notSent: !isConnected }))
      }
      let idleTimer = setTimeout(connectFailed, CONNECT_TIMEOUT_MS)
      const requestTimer = setTimeout(timedOut, REQUEST_TIMEOUT_MS)
      this.#running.add(abort)
      const connected = (): void => {
        isConnected = true
        clearTimeout(idleTimer)
        idleTimer = setTimeout(timedOut, IDLE_TIMEOUT_MS)
      }
      clientRequest.on('socket', (socket) => {
        this.#onConnected(socket, connected)
      })
      // The body is sent. Now the server has the whole idle timeout.
      clientRequest.on('finish', () => idleTimer.refresh())
      // No other protocol was requested, and no other informational statuses are in use.
      clientRequest.on('upgrade', ({ statusCode: status = 101 }) => {
        fail(new WorkspaceError('unexpected-response', { status }))
      })
      clientRequest.on('information', ({ statusCode: status }) => {
        if (![100, 102, 103].includes(status)) fail(new WorkspaceError('unexpected-response', { status }))
      })
      clientRequest.on('response', (message) => {
        hasResponse = true
        readResponse(message, maxResponseBytes, () => idleTimer.refresh()).then((response) => {
          cleanUp()
          resolve(response)
        }, fail)
      })
      // The event may occur again after the promise is settled. Then it has no effect.
      clientRequest.on('error', (error) => {
        const { failure, details } = connectionError(error, isConnected)
        const isReused = clientRequest.reusedSocket && !hasResponse
        // The server has probably closed the other idle connections too. Each of them would cost a try.
        if (isReused && failure === 'connection-lost' && !usesProxy) closeIdleConnections(agent)
        fail(
          new WorkspaceError(failure, {
            ...details,
            ...(isReused && failure === 'connection-lost' && { reusedConnection: isReused }),
          }),
        )
      })
      // Last, so that every error has a listener.
      clientRequest.end(body)
    })
  }

  #onConnected(socket: Socket, connected: () => void): void {
    if (!(socket instanceof TLSSocket)) {
      if (socket.connecting) socket.once('connect', connected)
      else connected()
    } else if (this.#tlsSockets.has(socket)) {
      connected()
    } else {
      socket.once('secureConnect', () => {
        this.#tlsSockets.add(socket)
        connected()
      })
    }
  }

  #routeTo({ protocol, origin }: URL): Route {
    const existing = this.#routes.get(origin)
    if (existing !== undefined) return existing
    const isSecure = protocol === 'https:'
    const usesProxy = hasProxy(origin)
    // No limit of sockets: the caller limits the number of requests.
    const agentOptions = { keepAlive: true }
    const createAgent = () => (isSecure ? new HttpsAgent(agentOptions) : new HttpAgent(agentOptions))
    const route = {
      request: isSecure ? requestHttps : requestHttp,
      agent: usesProxy ? new HttpClient(USER_AGENT, [], agentOptions).getAgent(origin) : createAgent(),
      usesProxy,
    }
    this.#routes.set(origin, route)
    return route
  }
}

/** Closes the connections without a running request. */
function closeIdleConnections({ freeSockets }: HttpAgent): void {
  for (const socket of Object.values(freeSockets).flat()) socket?.destroy()
}

/** @throws {WorkspaceError} `proxy` if the proxy variable is invalid. */
function hasProxy(origin: string): boolean {
  try {
    return getProxyUrl(origin) !== ''
  } catch {
    throw new WorkspaceError('proxy', { permanent: true })
  }
}

/**
 * Reads the body of a response.
 *
 * @throws {WorkspaceError} `connection-lost` if it is incomplete; `unexpected-response` if it is too long or no UTF-8.
 */
function readResponse(message: IncomingMessage, maxBytes: number, onData: () => void): Promise<HttpResponse> {
  const { statusCode: status = 0, headers } = message
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let length = 0
    message.on('data', (chunk: Buffer) => {
      onData()
      length += chunk.length
      if (length > maxBytes) reject(new WorkspaceError('unexpected-response', { status, tooLong: true }))
      else chunks.push(chunk)
    })
    message.on('end', () => {
      if (!message.complete) return
      const body = Buffer.concat(chunks)
      // Invalid UTF-8 would be decoded to another text, such as other field names, and a list would seem empty.
      if (status < 300 && !isUtf8(body)) reject(new WorkspaceError('unexpected-response', { status }))
      else resolve({ status, headers, body: body.toString('utf8') })
    })
    const abort = (): void => {
      // This runs for each response, and creating an error is slow because of its stack.
      if (!message.complete || !message.readableEnded) reject(new WorkspaceError('connection-lost'))
    }
    message.on('error', abort)
    message.on('close', abort)
  })
}

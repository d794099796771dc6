import { isUtf8 } from 'node:buffer'
import { Agent as HttpAgent, request as requestHttp, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as requestHttps } from 'node:https'
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'

import { getProxyUrl, HttpClient } from '@actions/http-client'

import packageJson from '../../../package.json' with { type: 'json' }

import { connectionError } from './connection-error.js'
import { WorkspaceError } from '../workspace-error.js'

/** How long it may take to connect, name, proxy and TLS included, in ms: a dead address must not cost a whole minute. */
const CONNECT_TIMEOUT_MS = 10_000

/** How long the other side may be silent once it has the request, in ms, and between two pieces of its answer. */
const SILENCE_TIMEOUT_MS = 30_000

/** How long a request may take, from the first try to connect to the last byte of the answer, in ms. */
const REQUEST_TIMEOUT_MS = 60_000

/** How long requests that are under way have to end when the run is cancelled, in ms. */
const LAST_MOMENT_MS = 2_000

/**
 * The longest answer that is read, in bytes. A list of 1,000 scopes that key vaults back, the longest answer that a
 * workspace has, is a tenth of it.
 */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024

const USER_AGENT = `databricks-secrets-sync/${packageJson.version}`

/** A request, to whom ever. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** Null for none. */
  readonly body: string | null
  /** The longest answer that is read, in bytes; {@link MAX_ANSWER_BYTES} if absent. */
  readonly maxAnswerBytes?: number
}

/** An answer as it came: nothing in it is trusted yet. */
export interface HttpResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

/** How one origin is reached. */
interface Route {
  readonly request: typeof requestHttp
  readonly agent: HttpAgent
  readonly proxied: boolean
}

/**
 * The HTTP of this run, to the workspace and to those who sign us in: over kept connections where no proxy is set. It
 * sends each request once, and follows no redirect, which would carry the body, the secret, to wherever it points.
 */
export class HttpTransport {
  readonly #cancelled: AbortSignal
  readonly #ways = new Map<string, Route>()
  /** What cuts each request that is under way. */
  readonly #underWay = new Set<() => void>()
  /** Connections whose TLS stands: those of a proxy's tunnel may come to a request without being new. */
  readonly #secured = new WeakSet<Socket>()

  /** @param cancelled Cuts what is still under way two seconds after it fires; nothing new is sent then. */
  constructor(cancelled: AbortSignal) {
    this.#cancelled = cancelled
    cancelled.addEventListener('abort', () => {
      // The process need not wait for it when all requests have ended before.
      setTimeout(() => {
        this.#cutAll()
      }, LAST_MOMENT_MS).unref()
    })
  }

  /** @throws {WorkspaceError} when no whole answer comes; it says from whom. */
  async send({ method, url, headers, body, maxAnswerBytes }: HttpRequest): Promise<HttpResponse> {
    const target = new URL(url)
    try {
      if (this.#cancelled.aborted) throw new WorkspaceError('cancelled', { notSent: true })
      const options = { method, headers: { ...headers, 'user-agent': USER_AGENT } }
      return await this.#exchange(target, options, body, maxAnswerBytes)
    } catch (error) {
      const { failure, details } = error instanceof WorkspaceError ? error : connectionError(error, false)
      throw new WorkspaceError(failure, { ...details, origin: target.origin })
    }
  }

  /** Closes all connections, those of unanswered requests included; they would keep the process alive. */
  close(): void {
    this.#cutAll()
    for (const { agent, proxied } of this.#ways.values()) if (!proxied) agent.destroy()
  }

  #cutAll(): void {
    for (const cut of this.#underWay) cut()
  }

  /** Settles whatever happens: a promise that did not would end the process with exit code 0. */
  #exchange(
    target: URL,
    options: { method: string; headers: Record<string, string> },
    body: string | null,
    maxAnswerBytes = MAX_ANSWER_BYTES,
  ): Promise<HttpResponse> {
    const { request, agent, proxied } = this.#wayTo(target)
    return new Promise((resolve, reject) => {
      let isConnected = false
      let hasAnswered = false
      const sent = request({
        ...options,
        // The brackets of `[::1]` are part of the address and not of the name that Node looks up.
        host: target.hostname.replace(/^\[(.*)\]$/, '$1'),
        port: target.port,
        path: target.pathname + target.search,
        agent,
      })
      const settle = (): void => {
        clearTimeout(patience)
        clearTimeout(whole)
        this.#underWay.delete(cut)
      }
      const fail = (error: WorkspaceError): void => {
        settle()
        reject(error)
        sent.destroy()
      }
      const notConnected = (): void => {
        fail(new WorkspaceError(proxied ? 'proxy' : 'unreachable'))
      }
      const silent = (): void => {
        if (isConnected) fail(new WorkspaceError('timeout'))
        else notConnected()
      }
      const cut = (): void => {
        fail(new WorkspaceError('cancelled', { notSent: !isConnected }))
      }
      let patience = setTimeout(notConnected, CONNECT_TIMEOUT_MS)
      const whole = setTimeout(silent, REQUEST_TIMEOUT_MS)
      this.#underWay.add(cut)
      const connected = (): void => {
        isConnected = true
        clearTimeout(patience)
        patience = setTimeout(silent, SILENCE_TIMEOUT_MS)
      }
      sent.on('socket', (socket) => {
        this.#whenConnected(socket, connected)
      })
      // The body is out: from here on it is the other side's turn.
      sent.on('finish', () => patience.refresh())
      // Nobody asked for another protocol, and of the other answers that come before one, only these are in use.
      sent.on('upgrade', ({ statusCode: status = 101 }) => {
        fail(new WorkspaceError('unexpected-response', { status }))
      })
      sent.on('information', ({ statusCode: status }) => {
        if (![100, 102, 103].includes(status)) fail(new WorkspaceError('unexpected-response', { status }))
      })
      sent.on('response', (message) => {
        hasAnswered = true
        readAnswer(message, maxAnswerBytes, () => patience.refresh()).then((answer) => {
          settle()
          resolve(answer)
        }, fail)
      })
      // It may come more than once, and after all is settled; then it changes nothing.
      sent.on('error', (error) => {
        const { failure, details } = connectionError(error, isConnected)
        const reused = sent.reusedSocket && !hasAnswered
        // What has ended one kept connection has most likely ended the others, and each would cost a try.
        if (reused && failure === 'connection-lost' && !proxied) dropIdle(agent)
        fail(
          new WorkspaceError(failure, {
            ...details,
            ...(reused && failure === 'connection-lost' && { reusedConnection: reused }),
          }),
        )
      })
      // Last of all, so that no error is without somebody who listens.
      sent.end(body)
    })
  }

  #whenConnected(socket: Socket, connected: () => void): void {
    if (!(socket instanceof TLSSocket)) {
      if (socket.connecting) socket.once('connect', connected)
      else connected()
    } else if (this.#secured.has(socket)) {
      connected()
    } else {
      socket.once('secureConnect', () => {
        this.#secured.add(socket)
        connected()
      })
    }
  }

  #wayTo({ protocol, origin }: URL): Route {
    const known = this.#ways.get(origin)
    if (known !== undefined) return known
    const isSecure = protocol === 'https:'
    const proxied = isProxied(origin)
    // How many are open at once is for those to say who ask for the requests.
    const kept = { keepAlive: true }
    const direct = () => (isSecure ? new HttpsAgent(kept) : new HttpAgent(kept))
    const way = {
      request: isSecure ? requestHttps : requestHttp,
      agent: proxied ? new HttpClient(USER_AGENT, [], kept).getAgent(origin) : direct(),
      proxied,
    }
    this.#ways.set(origin, way)
    return way
  }
}

/** Closes the connections that are kept and that nothing is under way on. */
function dropIdle({ freeSockets }: HttpAgent): void {
  for (const socket of Object.values(freeSockets).flat()) socket?.destroy()
}

/** @throws {WorkspaceError} `proxy` where a variable names none that can be one. */
function isProxied(origin: string): boolean {
  try {
    return getProxyUrl(origin) !== ''
  } catch {
    throw new WorkspaceError('proxy', { permanent: true })
  }
}

/** Rejects with a WorkspaceError: `connection-lost` for an answer that ends too soon, `unexpected-response` for one that is too long, or no text. */
function readAnswer(message: IncomingMessage, maxBytes: number, onData: () => void): Promise<HttpResponse> {
  const { statusCode: status = 0, headers } = message
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let length = 0
    message.on('data', (chunk: Buffer) => {
      onData()
      length += chunk.length
      if (length > maxBytes) reject(new WorkspaceError('unexpected-response', { status }))
      else chunks.push(chunk)
    })
    message.on('end', () => {
      if (!message.complete) return
      const body = Buffer.concat(chunks)
      // Decoded all the same, it would be another text: an object whose fields have other names, say, and so an empty list.
      if (status < 300 && !isUtf8(body)) reject(new WorkspaceError('unexpected-response', { status }))
      else resolve({ status, headers, body: body.toString('utf8') })
    })
    const cut = (): void => {
      // Every answer closes, and an error takes its time to be made, for its stack.
      if (!message.complete || !message.readableEnded) reject(new WorkspaceError('connection-lost'))
    }
    message.on('error', cut)
    message.on('close', cut)
  })
}

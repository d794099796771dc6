import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import { ApiError, endpointNotFound } from './errors.js'
import type { Fault } from './faults.js'
import { Fields } from './fields.js'
import { DEFAULT_IDENTITIES, identify, principalsOf, type Identity } from './identities.js'
import { parseJson } from './parse-json.js'
import { apiError, errorCodeOf, json, loginPage, redirect, text, type Reply } from './reply.js'
import { RequestLog, type RequestRecord } from './request-log.js'
import { requestTarget } from './request-target.js'
import { SCIM_API } from './scim-api.js'
import { SECRETS_API, type Plan, type WorkspaceRules } from './secrets-api.js'
import { SecretStore } from './store.js'

/** How the workspace is set up. */
export interface WorkspaceOptions {
  /** Default `premium`. On `standard` there are no ACLs, and every scope has to be everybody's. */
  readonly plan?: Plan
  /** Who may call; default `DEFAULT_IDENTITIES`. */
  readonly identities?: readonly Identity[]
  /** More principals that an ACL may name, besides the identities and their groups. */
  readonly principals?: readonly string[]
  /** Scope names that nobody may create, in any case of letters; default `databricks-internal`, a made-up one. */
  readonly reservedScopes?: readonly string[]
  /** Refuse `secrets/get`, as workspaces do that allow it in notebooks only; default false. */
  readonly readsRefused?: boolean
  /** The id of this workspace on a host that serves several. */
  readonly workspaceId?: string
  /**
   * Answer API requests with the login page unless their `X-Databricks-Workspace-Id`, or `X-Databricks-Org-Id`, is
   * `workspaceId`, which has to be set.
   */
  readonly requireWorkspaceId?: boolean
  /** Milliseconds between a request's last byte and its handling; default 0. */
  readonly latencyMs?: number
  /** The port on 127.0.0.1; default 0, any free one. */
  readonly port?: number
  /** Called at the end of each request, answered or lost. */
  readonly onRequestEnd?: (request: RequestRecord) => void
}

/**
 * Stands between the network and the workspace: sees a request before the workspace does, and gives an answer of its own,
 * or undefined to let it go on. It may change the workspace's state first, or take its time.
 *
 * `perform` has the workspace handle the request at once and returns what it would answer (once: later calls, and the
 * workspace itself, use the same answer). So an answer can be lost after its call has taken effect.
 */
export type Interceptor = (
  request: RequestRecord,
  perform: () => Reply,
) => Reply | Fault | undefined | Promise<Reply | Fault | undefined>

const FAILED = apiError(500, 'INTERNAL_ERROR', 'The emulator failed: close() tells why.')

/** A Databricks workspace on loopback, its state in memory. */
export class EmulatedWorkspace {
  /** The secret scopes: to look into and to change, past the API. */
  readonly store = new SecretStore()
  /** All requests so far. */
  readonly requests = new RequestLog()
  readonly #options: WorkspaceOptions
  readonly #identities: readonly Identity[]
  readonly #rules: WorkspaceRules
  readonly #server: Server
  readonly #interceptors = new Set<Interceptor>()
  readonly #mistakes: unknown[] = []

  private constructor(options: WorkspaceOptions) {
    this.#options = options
    this.#identities = options.identities ?? DEFAULT_IDENTITIES
    this.#rules = {
      plan: options.plan ?? 'premium',
      readsRefused: options.readsRefused ?? false,
      reservedScopes: options.reservedScopes ?? ['databricks-internal'],
      principals: new Set([...principalsOf(this.#identities), ...(options.principals ?? [])]),
    }
    this.#server = createServer((request, response) => void this.#serve(request, response))
    // The default of five seconds would cut pooled connections under a client's feet, which a real workspace does not.
    this.#server.keepAliveTimeout = 60_000
  }

  /**
   * Starts a workspace that listens on 127.0.0.1 alone.
   *
   * @throws the error of the network if the port is taken
   */
  static async start(options: WorkspaceOptions = {}): Promise<EmulatedWorkspace> {
    const workspace = new EmulatedWorkspace(options)
    await new Promise<void>((resolve, reject) => {
      workspace.#server.once('error', reject)
      workspace.#server.listen(options.port ?? 0, '127.0.0.1', resolve)
    })
    return workspace
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
    const record = this.requests.start({ method, path, query, headers })
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
    const { latencyMs = 0 } = this.#options
    if (latencyMs > 0) await delay(latencyMs, undefined, { ref: false })
    try {
      const answer = await this.#answer(record)
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

  async #answer(record: RequestRecord): Promise<Reply | Fault> {
    let performed: Reply | undefined
    const perform = (): Reply => (performed ??= this.#perform(record))
    for (const interceptor of this.#interceptors) {
      const answer = await interceptor(record, perform)
      if (answer !== undefined) return answer
    }
    return perform()
  }

  /** What the workspace itself answers. */
  #perform({ method, path, query, headers, body }: RequestRecord): Reply {
    const apiPath = /^\/api(?:\/\d+\.\d+)?(\/.*)$/.exec(path)?.[1]
    if (apiPath === undefined) return webPage(path)
    if (!this.#isMeant(headers)) return redirect('/login.html')
    try {
      const caller = identify(headers.authorization, this.#identities)
      const call = SECRETS_API[`${method} ${path}`] ?? SCIM_API[`${method} ${path}`]
      if (call === undefined) throw endpointNotFound(method, apiPath)
      const fields = method === 'GET' ? Fields.ofQuery(query) : Fields.ofBody(body)
      const { workspaceId } = this.#options
      return json(
        200,
        call({ store: this.store, rules: this.#rules, caller, fields }),
        // Where the SDKs for Go and Python learn which workspace they are in.
        workspaceId === undefined ? {} : { 'x-databricks-org-id': workspaceId },
      )
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      return apiError(error.status, error.errorCode, error.message)
    }
  }

  /** Whether a request names this workspace, where it has to. */
  #isMeant(headers: IncomingHttpHeaders): boolean {
    const { workspaceId, requireWorkspaceId = false } = this.#options
    // Official clients send either: the JavaScript SDK and part of the Go SDK the older name.
    const named = headers['x-databricks-workspace-id'] ?? headers['x-databricks-org-id']
    return !requireWorkspaceId || named === workspaceId
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

/** What is not the API is for browsers, which all have to sign in; the documents of newer hosts are not there. */
function webPage(path: string): Reply {
  if (path === '/login.html') return loginPage()
  return /^\/(\.well-known|oidc)\//.test(path) ? text(404, 'Not Found') : redirect('/login.html')
}

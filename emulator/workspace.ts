import type { IncomingHttpHeaders } from 'node:http'
import type { AccessTokens } from './access-tokens.js'
import { callerOf, type Caller, type CallerSources } from './callers.js'
import type { EmulatedEntra } from './entra.js'
import { checkApiScope } from './api-scopes.js'
import type { CatalogRules } from './catalog-call.js'
import { consumersHandler } from './consumers/consumers-api.js'
import { Consumers, type ConsumersOptions } from './consumers/consumers.js'
import { ApiError, endpointNotFound } from './errors.js'
import { Fields } from './fields.js'
import { DEFAULT_IDENTITIES, principalsOf, type Identity } from './identities.js'
import { LoopbackServer, type Interceptor, type ServerOptions } from './loopback-server.js'
import { Oidc, type SignInOptions } from './oidc.js'
import { apiError, json, loginPage, redirect, type Reply } from './reply.js'
import type { RequestLog, RequestRecord } from './request-log.js'
import { SCIM_API } from './scim-api.js'
import { SECRETS_API, type Plan, type WorkspaceRules } from './secrets-api.js'
import { principalOf } from './service-principals.js'
import { SecretStore } from './store.js'
import { catalogHandler } from './unity-catalog-api.js'
import { UnityCatalog } from './unity-catalog.js'

export type { Interceptor } from './loopback-server.js'

/** How the workspace is set up. */
export interface WorkspaceOptions extends ServerOptions, SignInOptions {
  /** Default `premium`. On `standard` there are no ACLs, and every user manages every scope. */
  readonly plan?: Plan
  /** The principals with a personal access token. Default: `DEFAULT_IDENTITIES`. */
  readonly identities?: readonly Identity[]
  /** More principals that an ACL may name, in addition to the identities, the service principals and the groups of both. */
  readonly principals?: readonly string[]
  /** Scope names that nobody may create, case-insensitive; default `databricks-internal`, a made-up one. */
  readonly reservedScopes?: readonly string[]
  /** Refuse `secrets/get`, as workspaces do that allow it in notebooks only; default false. */
  readonly readsRefused?: boolean
  /** How Unity Catalog is set up; by default it is on, and has no catalog. */
  readonly unityCatalog?: CatalogRules
  /** The metastore of another workspace, to share its catalogs; default one of its own. */
  readonly metastore?: UnityCatalog
  /** Clusters, jobs and others that may refer to secrets, and how the calls for them answer; by default there are none. */
  readonly consumers?: ConsumersOptions
  /** The id of this workspace; default `DEFAULT_WORKSPACE_ID`. */
  readonly workspaceId?: string
  /**
   * Answer API requests with the login page unless their `X-Databricks-Workspace-Id`, or `X-Databricks-Org-Id`, is
   * `workspaceId`, as a host does that serves several workspaces; default false.
   */
  readonly requireWorkspaceId?: boolean
  /** Whose tokens it takes as well, for the service principals whose application id is the app's client id. */
  readonly entra?: Pick<EmulatedEntra, 'tokens'>
}

/** The id of a workspace that does not exist. */
export const DEFAULT_WORKSPACE_ID = '1234567890123456'

/** A Databricks workspace on loopback, its state in memory. */
export class EmulatedWorkspace {
  /** The secret scopes: to look into and to change, past the API. */
  readonly store = new SecretStore()
  /** The catalogs, schemas and secrets of Unity Catalog: to look into and to change, past the API. */
  readonly catalogs: UnityCatalog
  /** Clusters, jobs and others that may refer to secrets: to change, past the API. */
  readonly consumers: Consumers
  readonly #workspaceId: string
  readonly #requiresId: boolean
  readonly #callers: CallerSources
  readonly #rules: WorkspaceRules
  readonly #catalogRules: CatalogRules
  readonly #oidc: Oidc
  readonly #server: LoopbackServer

  private constructor(options: WorkspaceOptions) {
    const { identities = DEFAULT_IDENTITIES, servicePrincipals = [] } = options
    const { workspaceId = DEFAULT_WORKSPACE_ID, requireWorkspaceId = false } = options
    const people = [...servicePrincipals.map(principalOf), ...identities]
    this.#workspaceId = workspaceId
    this.catalogs = options.metastore ?? new UnityCatalog(options.clock)
    this.consumers = new Consumers(options.consumers)
    this.#catalogRules = options.unityCatalog ?? {}
    this.#requiresId = requireWorkspaceId
    this.#rules = {
      plan: options.plan ?? 'premium',
      readsRefused: options.readsRefused ?? false,
      reservedScopes: options.reservedScopes ?? ['databricks-internal'],
      principals: new Set([...principalsOf(people), ...(options.principals ?? [])]),
    }
    // A host of several workspaces describes none of them.
    this.#oidc = new Oidc(options, people, requireWorkspaceId ? {} : { workspaceId })
    this.#callers = { identities, people, tokens: this.tokens, entraTokens: options.entra?.tokens }
    this.#server = new LoopbackServer(
      (request) => this.#oidc.prepare(request) ?? (() => this.#perform(request)),
      options,
    )
  }

  /**
   * Starts a workspace that listens on 127.0.0.1 alone.
   *
   * @throws the error of the network if the port is taken
   */
  static async start(options: WorkspaceOptions = {}): Promise<EmulatedWorkspace> {
    const workspace = new EmulatedWorkspace(options)
    await workspace.#server.listen()
    return workspace
  }

  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  get url(): string {
    return this.#server.url
  }

  /** All requests so far. */
  get requests(): RequestLog {
    return this.#server.requests
  }

  /** The access tokens that it has issued: to count and to revoke. */
  get tokens(): AccessTokens {
    return this.#oidc.tokens
  }

  /** Adds an interceptor after the existing ones. The first response of an interceptor is used. Returns a function that removes it. */
  intercept(interceptor: Interceptor): () => void {
    return this.#server.intercept(interceptor)
  }

  /**
   * Stops listening and closes every connection, also of requests without a response.
   *
   * @throws AggregateError of what interceptors threw (an assertion, say): their clients only saw a status 500
   */
  async close(): Promise<void> {
    await this.#server.close()
  }

  /** The response of the workspace itself, except for authentication. */
  #perform(request: RequestRecord): Reply {
    const { method, path, headers } = request
    const apiPath = /^\/api(?:\/\d+\.\d+)?(\/.*)$/.exec(path)?.[1]
    // What is not the API is for browsers, which all have to sign in.
    if (apiPath === undefined) return path === '/login.html' ? loginPage() : redirect('/login.html')
    if (!this.#isMeant(headers)) return redirect('/login.html')
    try {
      const caller = callerOf(headers.authorization, this.#callers)
      const answer =
        this.#answer(request, caller) ??
        this.#catalogAnswer(request, caller) ??
        consumersHandler(request)?.({ consumers: this.consumers, caller, query: request.query })
      if (answer === undefined) throw endpointNotFound(method, apiPath)
      // Where the SDKs for Go and Python learn which workspace they are in, and the Terraform provider fails without it.
      return json(200, answer, { 'x-databricks-org-id': this.#workspaceId })
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      return apiError(error.status, error.errorCode, error.message)
    }
  }

  /** What the Secrets API or SCIM answers; undefined if the request is for neither. */
  #answer({ method, path, query, body }: RequestRecord, caller: Caller): object | undefined {
    const call = `${method} ${path}`
    const handle = SECRETS_API[call] ?? SCIM_API[call]
    if (handle === undefined) return undefined
    // Which scopes SCIM's `Me` takes is an assumption.
    checkApiScope(caller.apiScopes, call in SECRETS_API ? ['secrets'] : ['scim', 'iam.current-user:read'])
    const fields = method === 'GET' ? Fields.ofQuery(query) : Fields.ofBody(body)
    return handle({ store: this.store, rules: this.#rules, caller, fields })
  }

  /** What Unity Catalog answers; undefined if the request is not for it. */
  #catalogAnswer(request: RequestRecord, caller: Caller): object | undefined {
    const handle = catalogHandler(request)
    if (handle === undefined) return undefined
    checkApiScope(caller.apiScopes, ['unity-catalog'])
    return handle({
      catalogs: this.catalogs,
      rules: this.#catalogRules,
      workspaceId: this.#workspaceId,
      principals: this.#rules.principals,
      caller,
      query: Fields.ofQuery(request.query),
      body: () => Fields.ofBody(request.body),
    })
  }

  /** Whether a request names this workspace, where it has to. */
  #isMeant(headers: IncomingHttpHeaders): boolean {
    // Official clients send either: the JavaScript SDK and part of the Go SDK the older name.
    const named = headers['x-databricks-workspace-id'] ?? headers['x-databricks-org-id']
    return !this.#requiresId || named === this.#workspaceId
  }
}

import { AccessTokens } from './access-tokens.js'
import * as errors from './entra-errors.js'
import { fieldOf, formOf } from './form.js'
import { LoopbackServer, type Interceptor } from './loopback-server.js'
import { plainJson, text, type Reply } from './reply.js'
import type { RequestLog, RequestRecord } from './request-log.js'
import { JwtRefused, verifyJwt, type Trust } from './verify-jwt.js'

/** A federated credential of an app: such a token of another issuer authenticates as the app. */
export interface FederatedCredential {
  /** The claim `iss`, exactly. */
  readonly issuer: string
  /** The claim `sub`, exactly. */
  readonly subject: string
  /** The claim `aud`; for GitHub it is `api://AzureADTokenExchange`. */
  readonly audience: string
  /** The address of the issuer's keys. */
  readonly jwksUri: string
}

/** An app registration. */
export interface EntraApp {
  /** A UUID; also the application id of its service principal in Databricks. */
  readonly clientId: string
  /** Must look fake. Default: none. */
  readonly clientSecrets?: readonly string[]
  /** Default: none. */
  readonly federatedCredentials?: readonly FederatedCredential[]
}

/** Options of the directory. */
export interface EntraOptions {
  /** The UUID of the only tenant. */
  readonly tenantId: string
  readonly apps: readonly EntraApp[]
  /** The lifetime of its tokens. Default: 3599. */
  readonly tokenSeconds?: number
  /** Returns the time in milliseconds since the epoch. Default: `Date.now`. */
  readonly clock?: () => number
}

/** The Azure Databricks application, which is the same in every tenant. It is the only resource that gets tokens. */
export const DATABRICKS_RESOURCE = '2ff814a6-3304-4ab8-85cb-cd0e6f879c1d'

const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/**
 * Microsoft Entra ID on loopback: `POST /<tenant>/oauth2/token`, the token endpoint of version 1 for apps.
 *
 * Its access tokens are opaque. Real ones are JWTs, but clients must not read them. The order in which a request is
 * validated is an assumption.
 */
export class EmulatedEntra {
  /** The issued access tokens, which tests count and revoke. Their holders are client ids. */
  readonly tokens: AccessTokens
  readonly #options: EntraOptions
  readonly #clock: () => number
  readonly #server: LoopbackServer

  private constructor(options: EntraOptions) {
    this.#options = options
    this.#clock = options.clock ?? Date.now
    this.tokens = new AccessTokens('fake-entra-token-', this.#clock)
    this.#server = new LoopbackServer((request) => this.#prepare(request))
  }

  /** Starts it on a free port on 127.0.0.1. */
  static async start(options: EntraOptions): Promise<EmulatedEntra> {
    const entra = new EmulatedEntra(options)
    await entra.#server.listen()
    return entra
  }

  /** `http://127.0.0.1:<port>`, without a trailing slash. */
  get url(): string {
    return this.#server.url
  }

  /** All requests so far. */
  get requests(): RequestLog {
    return this.#server.requests
  }

  /** Adds an interceptor after the existing ones. Returns a function that removes it. */
  intercept(interceptor: Interceptor): () => void {
    return this.#server.intercept(interceptor)
  }

  /**
   * Stops listening and closes every connection.
   *
   * @throws AggregateError with the errors of interceptors
   */
  async close(): Promise<void> {
    await this.#server.close()
  }

  async #prepare(request: RequestRecord): Promise<() => Reply> {
    const tenant = /^\/([^/]+)\/oauth2\/token$/.exec(request.path)?.[1]
    if (request.method !== 'POST' || tenant === undefined) return () => text(404, 'Not Found')
    try {
      const clientId = await this.#grant(tenant, formOf(request) ?? new URLSearchParams())
      return () => this.#issue(clientId)
    } catch (error) {
      if (!(error instanceof errors.EntraError)) throw error
      return () => error.reply(this.#clock())
    }
  }

  /** Version 1 of the endpoint returns its numbers as text. */
  #issue(clientId: string): Reply {
    const now = this.#clock()
    const { tokenSeconds = 3_599 } = this.#options
    const { token, expiresAt } = this.tokens.issue(clientId, now + tokenSeconds * 1_000)
    return plainJson(200, {
      token_type: 'Bearer',
      expires_in: String(tokenSeconds),
      ext_expires_in: String(tokenSeconds),
      expires_on: String(Math.floor(expiresAt / 1_000)),
      // Entra ID backdates its tokens by five minutes, because clocks may be slow.
      not_before: String(Math.floor(now / 1_000) - 300),
      resource: DATABRICKS_RESOURCE,
      access_token: token,
    })
  }

  /** Returns the client id of the app that gets a token. */
  async #grant(tenant: string, form: URLSearchParams): Promise<string> {
    const { tenantId, apps } = this.#options
    const grantType = required(form, 'grant_type')
    if (tenant !== tenantId) throw errors.tenantUnknown(tenant)
    if (grantType !== 'client_credentials') throw errors.grantTypeUnsupported(grantType)
    const clientId = required(form, 'client_id')
    const app = apps.find((candidate) => candidate.clientId === clientId)
    if (app === undefined) throw errors.appUnknown(clientId, tenant)
    await this.#authenticate(app, form)
    const resource = required(form, 'resource')
    if (resource !== DATABRICKS_RESOURCE) throw errors.resourceUnknown(resource, tenant)
    return clientId
  }

  async #authenticate({ clientId, ...app }: EntraApp, form: URLSearchParams): Promise<void> {
    const secret = fieldOf(form, 'client_secret')
    const assertion = fieldOf(form, 'client_assertion')
    if (secret === undefined && assertion === undefined) throw errors.credentialMissing()
    if (secret !== undefined && !app.clientSecrets?.includes(secret)) throw errors.secretInvalid(clientId)
    if (assertion === undefined) return
    if (required(form, 'client_assertion_type') !== JWT_BEARER) throw errors.assertionTypeUnsupported()
    const trusts = (app.federatedCredentials ?? []).map(({ audience, ...credential }): Trust => ({
      ...credential,
      audiences: [audience],
    }))
    const now = this.#clock()
    try {
      await verifyJwt(assertion, trusts, now)
    } catch (error) {
      throw error instanceof JwtRefused ? errors.assertionRefused(error, now) : error
    }
  }
}

function required(form: URLSearchParams, name: string): string {
  const value = fieldOf(form, name)
  if (value === undefined) throw errors.parameterMissing(name)
  return value
}

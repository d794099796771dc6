import { AccessTokens } from './access-tokens.js'
import * as errors from './entra-errors.js'
import { fieldOf, formOf } from './form.js'
import { LoopbackServer, type Interceptor } from './loopback-server.js'
import { plainJson, text, type Reply } from './reply.js'
import type { RequestLog, RequestRecord } from './request-log.js'
import { JwtRefused, verifyJwt, type Trust } from './verify-jwt.js'

/** A federated credential of an app: whoever holds such a token of another issuer is the app. */
export interface FederatedCredential {
  /** The claim `iss`, exactly. */
  readonly issuer: string
  /** The claim `sub`, exactly. */
  readonly subject: string
  /** The claim `aud`; for GitHub it is `api://AzureADTokenExchange`. */
  readonly audience: string
  /** Where the issuer's keys are. */
  readonly jwksUri: string
}

/** An app registration. */
export interface EntraApp {
  /** A UUID; also the application id of its service principal in Databricks. */
  readonly clientId: string
  /** Clearly fake ones; default none. */
  readonly clientSecrets?: readonly string[]
  /** Default none. */
  readonly federatedCredentials?: readonly FederatedCredential[]
}

/** How the directory is set up. */
export interface EntraOptions {
  /** A UUID: the one tenant that there is. */
  readonly tenantId: string
  readonly apps: readonly EntraApp[]
  /** How long its tokens live; default 3599. */
  readonly tokenSeconds?: number
  /** Tells the time, in milliseconds since the epoch; default `Date.now`. */
  readonly clock?: () => number
}

/** The Azure Databricks application, the same in every tenant: the only resource that tokens can be had for. */
export const DATABRICKS_RESOURCE = '2ff814a6-3304-4ab8-85cb-cd0e6f879c1d'

const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/**
 * Microsoft Entra ID on loopback: `POST /<tenant>/oauth2/token`, the endpoint of version 1, which gives tokens to apps.
 *
 * Access tokens are opaque here, where the real ones are JWTs: a client has no business to read them. In which order a
 * request's parts are looked at is an assumption.
 */
export class EmulatedEntra {
  /** The access tokens that it has issued: to count and to revoke. Their holders are client ids. */
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

  /** Starts it on a free port of 127.0.0.1. */
  static async start(options: EntraOptions): Promise<EmulatedEntra> {
    const entra = new EmulatedEntra(options)
    await entra.#server.listen()
    return entra
  }

  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  get url(): string {
    return this.#server.url
  }

  /** All requests so far. */
  get requests(): RequestLog {
    return this.#server.requests
  }

  /** Puts an interceptor behind those that are there, as at a workspace. Returns what removes it. */
  intercept(interceptor: Interceptor): () => void {
    return this.#server.intercept(interceptor)
  }

  /**
   * Stops listening and cuts every connection.
   *
   * @throws AggregateError of what interceptors threw
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

  /** Version 1 of the endpoint gives its numbers as text. */
  #issue(clientId: string): Reply {
    const now = this.#clock()
    const { tokenSeconds = 3_599 } = this.#options
    const { token, expiresAt } = this.tokens.issue(clientId, now + tokenSeconds * 1_000)
    return plainJson(200, {
      token_type: 'Bearer',
      expires_in: String(tokenSeconds),
      ext_expires_in: String(tokenSeconds),
      expires_on: String(Math.floor(expiresAt / 1_000)),
      // The real one dates its tokens back by five minutes, for clocks that are late.
      not_before: String(Math.floor(now / 1_000) - 300),
      resource: DATABRICKS_RESOURCE,
      access_token: token,
    })
  }

  /** The client id of the app that gets a token. */
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

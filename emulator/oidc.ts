import { AccessTokens } from './access-tokens.js'
import { ALL_APIS } from './api-scopes.js'
import type { Principal } from './identities.js'
import { json, text, type Reply } from './reply.js'
import type { RequestRecord } from './request-log.js'
import type { FederationPolicy, ServicePrincipal } from './service-principals.js'
import { TokenEndpoint } from './token-endpoint.js'

/** How programs sign in to a workspace. */
export interface SignInOptions {
  /** The service principals that can get access tokens with a client secret or a federation policy. Default: none. */
  readonly servicePrincipals?: readonly ServicePrincipal[]
  /**
   * Federation of the whole account, used when a client names no client id: the token's subject claim is the e-mail of a
   * user or the application id of a service principal of the workspace. Default none.
   */
  readonly accountPolicies?: readonly FederationPolicy[]
  /** The account's id, and the audience of policies without any; default `DEFAULT_ACCOUNT_ID`. */
  readonly accountId?: string
  /** The life of an access token; default 3600. One made from a JWT ends with that at the latest. */
  readonly accessTokenSeconds?: number
  /**
   * The API scopes that the token endpoint gives; default `all-apis` alone. Newer workspaces know one for each API, such as
   * `secrets` and `unity-catalog`.
   */
  readonly apiScopes?: readonly string[]
  /** Whether the host describes itself at `/.well-known/databricks-config`; default `none`, a 404 as of older hosts. */
  readonly discovery?: 'none' | 'config'
  /**
   * What that description calls the default audiences; default the token endpoint, or the account id where the host serves
   * several workspaces (`HostMetadata` in the Go SDK 0.170.0, config/host_metadata.go). If empty, it calls none.
   */
  readonly defaultAudiences?: readonly string[]
  /** Where that description says that the OIDC endpoint is; default where it is. For attacks. */
  readonly oidcEndpoint?: string
  /** Where the authorization server says that its token endpoint is; default where it is. For attacks. */
  readonly tokenEndpoint?: string
  /** Returns the time for the expiry of tokens, in milliseconds since the epoch; default `Date.now`. */
  readonly clock?: () => number
}

/** An account that does not exist. */
export const DEFAULT_ACCOUNT_ID = '00000000-0000-4000-8000-00000000acc0'

const CONFIG = '/.well-known/databricks-config'
const AUTHORIZATION_SERVER = '/oidc/.well-known/oauth-authorization-server'
const TOKEN = '/oidc/v1/token'

/** What the workspace is, for its description. */
export interface HostDescription {
  /** The id of its workspace; absent where the host serves several. */
  readonly workspaceId?: string
}

/** The part of a workspace that programs sign in with. It asks for no sign-in itself. */
export class Oidc {
  /** The access tokens of this workspace; no other takes them. */
  readonly tokens: AccessTokens
  readonly #options: SignInOptions
  readonly #accountId: string
  readonly #host: HostDescription
  readonly #endpoint: TokenEndpoint

  /** @param people all principals of the workspace */
  constructor(options: SignInOptions, people: readonly Principal[], host: HostDescription) {
    const { servicePrincipals = [], accountPolicies = [], accessTokenSeconds = 3_600 } = options
    const { accountId = DEFAULT_ACCOUNT_ID, clock = Date.now, apiScopes = [ALL_APIS] } = options
    this.#options = options
    this.#accountId = accountId
    this.#host = host
    this.tokens = new AccessTokens('fake-access-token-', clock)
    this.#endpoint = new TokenEndpoint(
      { servicePrincipals, accountPolicies, accountId, accessTokenSeconds, people, apiScopes, clock },
      this.tokens,
    )
  }

  /** What answers a request, or undefined if the request is not for this part. */
  prepare(request: RequestRecord): (() => Reply) | Promise<() => Reply> | undefined {
    const { method, path, headers } = request
    if (!/^\/(\.well-known|oidc)\//.test(path)) return undefined
    const call = `${method} ${path}`
    if (call === `POST ${TOKEN}`) return this.#endpoint.prepare(request)
    // A front that ends TLS says so, and leaves the host's real name.
    const scheme = headers['x-forwarded-proto'] === 'https' ? 'https' : 'http'
    const origin = `${scheme}://${headers.host ?? ''}`
    if (call === `GET ${AUTHORIZATION_SERVER}`) return () => json(200, this.#authorizationServer(origin))
    if (call === `GET ${CONFIG}` && this.#options.discovery === 'config') {
      return () => json(200, this.#config(origin))
    }
    return () => text(404, 'Not Found')
  }

  /** RFC 8414. Which of its fields Databricks has, beyond issuer and endpoints, is an assumption. */
  #authorizationServer(origin: string): object {
    return {
      issuer: `${origin}/oidc`,
      authorization_endpoint: `${origin}/oidc/v1/authorize`,
      token_endpoint: this.#options.tokenEndpoint ?? origin + TOKEN,
      scopes_supported: this.#options.apiScopes ?? [ALL_APIS],
      response_types_supported: ['code'],
      grant_types_supported: ['client_credentials', 'urn:ietf:params:oauth:grant-type:token-exchange'],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'none'],
    }
  }

  /** Names and values are from the source and the tests of the Go SDK 0.170.0, config/host_metadata.go. */
  #config(origin: string): object {
    const { workspaceId } = this.#host
    const audience = workspaceId === undefined ? this.#accountId : origin + TOKEN
    const { defaultAudiences = [audience], oidcEndpoint = `${origin}/oidc` } = this.#options
    return {
      oidc_endpoint: oidcEndpoint,
      account_id: this.#accountId,
      ...(workspaceId === undefined ? {} : { workspace_id: workspaceId }),
      ...(defaultAudiences.length === 0 ? {} : { token_federation_default_oidc_audiences: defaultAudiences }),
      cloud: 'AWS',
      host_type: workspaceId === undefined ? 'unified' : 'workspace',
    }
  }
}

import type { AccessTokens } from './access-tokens.js'
import { fieldOf, FORM, formDecode, formOf } from './form.js'
import type { Principal } from './identities.js'
import { json, type Reply } from './reply.js'
import type { RequestRecord } from './request-log.js'
import { trustOf, type FederationPolicy, type ServicePrincipal } from './service-principals.js'
import { JwtRefused, verifyJwt, type Proof } from './verify-jwt.js'

/** What the endpoint has to know. */
export interface TokenEndpointOptions {
  readonly servicePrincipals: readonly ServicePrincipal[]
  /** Federation of the whole account, for tokens that come without a client id. */
  readonly accountPolicies: readonly FederationPolicy[]
  /** The audience of a policy that has none. */
  readonly accountId: string
  /** The longest life of an access token. */
  readonly accessTokenSeconds: number
  /** All whom a token of account-wide federation can name. */
  readonly people: readonly Principal[]
  /** The API scopes that it gives. */
  readonly apiScopes: readonly string[]
  /** Returns the time, in milliseconds since the epoch. */
  readonly clock: () => number
}

/** The holder of an access token, and the latest time at which it expires, in milliseconds since the epoch. */
interface Grant {
  readonly holder: string
  readonly latestEnd: number
  /** What the holder's credentials are limited to; undefined for no limit. */
  readonly limitedTo?: readonly string[] | undefined
}

const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange'
const JWT_TYPE = 'urn:ietf:params:oauth:token-type:jwt'
/** RFC 6749, 5.1. */
const NOT_STORED = { 'cache-control': 'no-store', pragma: 'no-cache' }

/** A refusal as in RFC 6749, 5.2. */
class OAuthError extends Error {
  readonly code: string
  readonly status: 400 | 401

  constructor(code: string, description: string) {
    super(description)
    this.code = code
    this.status = code === 'invalid_client' ? 401 : 400
  }

  get reply(): Reply {
    const challenge = this.status === 401 ? { 'www-authenticate': 'Basic realm="databricks"' } : {}
    const body = { error: this.code, error_description: this.message }
    return json(this.status, body, { ...NOT_STORED, ...challenge })
  }
}

/**
 * `POST /oidc/v1/token`: gives access tokens for a client secret (RFC 6749, 4.4) or for a JWT of another issuer (RFC 8693).
 *
 * Statuses and codes are those of RFC 6749; what Databricks answers is not published, so that each of them is an
 * assumption, `invalid_grant` for a JWT most of all (RFC 8693 would have `invalid_request`). All descriptions are ours.
 */
export class TokenEndpoint {
  readonly #options: TokenEndpointOptions
  readonly #tokens: AccessTokens

  /** @param tokens where the tokens that it issues are kept */
  constructor(options: TokenEndpointOptions, tokens: AccessTokens) {
    this.#options = options
    this.#tokens = tokens
  }

  /** Finds out whether a request is granted; what it returns issues the token, or refuses it. */
  async prepare(request: RequestRecord): Promise<() => Reply> {
    try {
      const grant = await this.#grant(request)
      return () => this.#issue(grant, apiScopesOf(request))
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error
      return () => error.reply
    }
  }

  #issue({ holder, latestEnd }: Grant, apiScopes: readonly string[]): Reply {
    const now = this.#options.clock()
    const expiresAt = Math.min(now + this.#options.accessTokenSeconds * 1_000, latestEnd)
    const answer = {
      access_token: this.#tokens.issue(holder, expiresAt, apiScopes).token,
      token_type: 'Bearer',
      expires_in: Math.floor((expiresAt - now) / 1_000),
      scope: apiScopes.join(' '),
    }
    return json(200, answer, NOT_STORED)
  }

  async #grant(request: RequestRecord): Promise<Grant> {
    const form = formOf(request)
    if (form === undefined) throw new OAuthError('invalid_request', `The content type has to be ${FORM}.`)
    if (new Set(form.keys()).size < form.size) {
      throw new OAuthError('invalid_request', 'A parameter is there more than once.')
    }
    const grantType = required(form, 'grant_type')
    if (grantType !== 'client_credentials' && grantType !== TOKEN_EXCHANGE) {
      throw new OAuthError('unsupported_grant_type', 'The grant_type is not supported.')
    }
    const apiScopes = apiScopesOf(request)
    // No scope at all is an invalid one as well: RFC 6749, 3.3.
    if (apiScopes.length === 0 || apiScopes.some((scope) => !this.#options.apiScopes.includes(scope))) {
      throw new OAuthError(
        'invalid_scope',
        `The scope has to be of these: ${this.#options.apiScopes.join(' ')}`,
      )
    }
    const grant =
      grantType === TOKEN_EXCHANGE
        ? await this.#exchange(form)
        : this.#authenticate(request.headers.authorization)
    const beyond = apiScopes.find((scope) => grant.limitedTo?.includes(scope) === false)
    // Code and text were seen (databricks-sql-go, issue 476); the status is an assumption.
    if (beyond !== undefined) throw new OAuthError('access_denied', `Scopes '${beyond}' are not assigned.`)
    return grant
  }

  #authenticate(authorization: string | undefined): Grant {
    const [clientId, secret] = basicCredentials(authorization)
    const client = this.#options.servicePrincipals.find(({ applicationId }) => applicationId === clientId)
    // The same error for both, so that nobody can guess client ids.
    if (!client?.clientSecrets?.includes(secret)) {
      throw new OAuthError('invalid_client', 'Client authentication failed.')
    }
    return { holder: client.applicationId, latestEnd: Infinity, limitedTo: client.apiScopes }
  }

  async #exchange(form: URLSearchParams): Promise<Grant> {
    const jwt = required(form, 'subject_token')
    if (required(form, 'subject_token_type') !== JWT_TYPE) {
      throw new OAuthError('invalid_request', `The subject_token_type has to be ${JWT_TYPE}.`)
    }
    const clientId = fieldOf(form, 'client_id')
    if (clientId === undefined) {
      const { subject, expiresAt } = await this.#verify(jwt, this.#options.accountPolicies)
      if (!this.#options.people.some(({ name }) => name === subject)) throw refusedFor('subject')
      return { holder: subject, latestEnd: expiresAt }
    }
    const client = this.#options.servicePrincipals.find(({ applicationId }) => applicationId === clientId)
    if (client === undefined) throw new OAuthError('invalid_client', 'Client authentication failed.')
    const { expiresAt } = await this.#verify(jwt, client.policies ?? [])
    return { holder: clientId, latestEnd: expiresAt, limitedTo: client.apiScopes }
  }

  async #verify(jwt: string, policies: readonly FederationPolicy[]): Promise<Proof> {
    const { accountId, clock } = this.#options
    const trusts = policies.map((policy) => trustOf(policy, accountId))
    try {
      return await verifyJwt(jwt, trusts, clock())
    } catch (error) {
      throw error instanceof JwtRefused ? refusedFor(error.flaw) : error
    }
  }
}

const refusedFor = (flaw: JwtRefused['flaw']): OAuthError =>
  new OAuthError('invalid_grant', `No federation policy takes the subject_token: refused for its ${flaw}.`)

/** The API scopes that a request asks for; none where it asks for none. */
function apiScopesOf(request: RequestRecord): string[] {
  return (fieldOf(formOf(request) ?? new URLSearchParams(), 'scope') ?? '').split(' ').filter(Boolean)
}

function required(form: URLSearchParams, name: string): string {
  const value = fieldOf(form, name)
  if (value === undefined) throw new OAuthError('invalid_request', `Missing parameter: ${name}`)
  return value
}

/** RFC 6749, 2.3.1: id and secret are each encoded as in a form, before the base64 of HTTP Basic. */
function basicCredentials(authorization = ''): [string, string] {
  const base64 = /^Basic +(\S+)$/i.exec(authorization)?.[1] ?? ''
  const [id = '', secret = ''] = Buffer.from(base64, 'base64').toString().split(/:(.*)/s)
  try {
    return [formDecode(id), formDecode(secret)]
  } catch {
    throw new OAuthError('invalid_client', 'Client authentication failed.')
  }
}

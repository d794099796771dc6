import { randomUUID } from 'node:crypto'
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose'
import { LoopbackServer, type Interceptor } from './loopback-server.js'
import { plainJson, text, type Reply } from './reply.js'
import type { RequestLog, RequestRecord } from './request-log.js'

/** The job that requests tokens. */
export interface GitHubOptions {
  /** The claim `sub`, such as `repo:octo-org/octo-repo:ref:refs/heads/main`. */
  readonly subject: string
  /** `<owner>/<name>`. Default: `octo-org/octo-repo`. It need not match the subject. */
  readonly repository?: string
  /** The token with which the job requests tokens. It must look fake. Default: `fake-request-token`. */
  readonly requestToken?: string
  /** The lifetime of its tokens. Default: 300, as for GitHub's (a job observed about 298). */
  readonly lifetimeSeconds?: number
  /** The claim `iss`. Default: the issuer of github.com. */
  readonly issuer?: string
  /** Returns the time in milliseconds since the epoch. Default: `Date.now`. */
  readonly clock?: () => number
}

/**
 * GitHub's OpenID Connect provider, for one job. Each instance creates its own key, so a second instance is an
 * untrusted issuer.
 *
 * Its tokens have the documented claims that a policy may check. The key is an elliptic curve key, which is faster to
 * create than GitHub's RSA key. The response to a wrong request token is an assumption, except for its status.
 */
export class EmulatedGitHub {
  /** The claim `iss` of its tokens. */
  readonly issuer: string
  readonly #options: GitHubOptions
  readonly #requestToken: string
  readonly #clock: () => number
  readonly #privateKey: CryptoKey
  readonly #jwk: JWK
  readonly #server: LoopbackServer

  private constructor(options: GitHubOptions, privateKey: CryptoKey, jwk: JWK) {
    this.#options = options
    this.issuer = options.issuer ?? 'https://token.actions.githubusercontent.com'
    this.#requestToken = options.requestToken ?? 'fake-request-token'
    this.#clock = options.clock ?? Date.now
    this.#privateKey = privateKey
    this.#jwk = jwk
    this.#server = new LoopbackServer((request) => this.#prepare(request))
  }

  /** Starts it on a free port on 127.0.0.1. */
  static async start(options: GitHubOptions): Promise<EmulatedGitHub> {
    const { privateKey, publicKey } = await generateKeyPair('ES256')
    const jwk = { ...(await exportJWK(publicKey)), kid: randomUUID(), alg: 'ES256', use: 'sig' }
    const github = new EmulatedGitHub(options, privateKey, jwk)
    await github.#server.listen()
    return github
  }

  /** `http://127.0.0.1:<port>`, without a trailing slash. */
  get url(): string {
    return this.#server.url
  }

  /** The address of its public key, for a federation policy. */
  get jwksUri(): string {
    return `${this.url}/.well-known/jwks`
  }

  /** The variables that the runner sets for a job with `id-token: write`. */
  get variables(): Record<'ACTIONS_ID_TOKEN_REQUEST_URL' | 'ACTIONS_ID_TOKEN_REQUEST_TOKEN', string> {
    return {
      ACTIONS_ID_TOKEN_REQUEST_URL: `${this.url}/token?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: this.#requestToken,
    }
  }

  /** All requests so far. Those for a token have the path `/token`. */
  get requests(): RequestLog {
    return this.#server.requests
  }

  /** Adds an interceptor after the existing ones. Returns a function that removes it. */
  intercept(interceptor: Interceptor): () => void {
    return this.#server.intercept(interceptor)
  }

  /** Signs a token. `claims` override the claims of the job. An undefined claim is left out. */
  async sign(claims: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const { repository = 'octo-org/octo-repo', subject, lifetimeSeconds = 300 } = this.#options
    const owner = repository.split('/')[0] ?? ''
    const now = Math.floor(this.#clock() / 1_000)
    return await new SignJWT({
      jti: randomUUID(),
      iss: this.issuer,
      sub: subject,
      aud: `https://github.com/${owner}`,
      iat: now,
      nbf: now,
      exp: now + lifetimeSeconds,
      repository,
      repository_owner: owner,
      ref: 'refs/heads/main',
      event_name: 'push',
      ...claims,
    })
      .setProtectedHeader({ alg: 'ES256', typ: 'JWT', kid: this.#jwk.kid ?? '' })
      .sign(this.#privateKey)
  }

  /**
   * Stops listening and closes every connection.
   *
   * @throws AggregateError with the errors of interceptors
   */
  async close(): Promise<void> {
    await this.#server.close()
  }

  async #prepare({ method, path, query, headers }: RequestRecord): Promise<() => Reply> {
    const call = `${method} ${path}`
    if (call === 'GET /.well-known/jwks') return () => plainJson(200, { keys: [this.#jwk] })
    if (call !== 'GET /token') return () => text(404, 'Not Found')
    if (headers.authorization !== `Bearer ${this.#requestToken}`) {
      return () => plainJson(401, { message: 'The request token is not valid.' })
    }
    const audience = query.get('audience')
    const value = await this.sign(audience === null || audience === '' ? {} : { aud: audience })
    return () => plainJson(200, { count: value.length, value })
  }
}

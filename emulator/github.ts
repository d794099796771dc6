import { randomUUID } from 'node:crypto'
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose'
import { LoopbackServer, type Interceptor } from './loopback-server.js'
import { plainJson, text, type Reply } from './reply.js'
import type { RequestLog, RequestRecord } from './request-log.js'

/** Which job asks. */
export interface GitHubOptions {
  /** The claim `sub`, such as `repo:octo-org/octo-repo:ref:refs/heads/main`. */
  readonly subject: string
  /** `<owner>/<name>`; default `octo-org/octo-repo`. It need not fit the subject. */
  readonly repository?: string
  /** What the job has to show for a token, clearly a fake one; default `fake-request-token`. */
  readonly requestToken?: string
  /** How long its tokens live; default 300, as GitHub's do (about 298 have been seen at the job). */
  readonly lifetimeSeconds?: number
  /** The claim `iss`; default that of github.com. */
  readonly issuer?: string
  /** Tells the time, in milliseconds since the epoch; default `Date.now`. */
  readonly clock?: () => number
}

/**
 * The part of GitHub that tells others which job asks (OpenID Connect), for one job. Each instance has a key of its own,
 * made at its start, so that a second one is somebody who signs what he should not.
 *
 * Claims are the documented ones that a policy may ask for. The key is an elliptic curve's, which is made faster than
 * GitHub's RSA. What GitHub answers to a wrong request token is an assumption, but for the status.
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

  /** Starts it on a free port of 127.0.0.1. */
  static async start(options: GitHubOptions): Promise<EmulatedGitHub> {
    const { privateKey, publicKey } = await generateKeyPair('ES256')
    const jwk = { ...(await exportJWK(publicKey)), kid: randomUUID(), alg: 'ES256', use: 'sig' }
    const github = new EmulatedGitHub(options, privateKey, jwk)
    await github.#server.listen()
    return github
  }

  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  get url(): string {
    return this.#server.url
  }

  /** Where its public key is, for a federation policy. */
  get jwksUri(): string {
    return `${this.url}/.well-known/jwks`
  }

  /** What the runner gives a job that has `id-token: write`. */
  get variables(): Record<'ACTIONS_ID_TOKEN_REQUEST_URL' | 'ACTIONS_ID_TOKEN_REQUEST_TOKEN', string> {
    return {
      ACTIONS_ID_TOKEN_REQUEST_URL: `${this.url}/token?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: this.#requestToken,
    }
  }

  /** All requests so far; those for a token are at `/token`. */
  get requests(): RequestLog {
    return this.#server.requests
  }

  /** Puts an interceptor behind those that are there, as at a workspace. Returns what removes it. */
  intercept(interceptor: Interceptor): () => void {
    return this.#server.intercept(interceptor)
  }

  /** Signs a token; `claims` are laid over those of the job, and one that is undefined is left out. */
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
   * Stops listening and cuts every connection.
   *
   * @throws AggregateError of what interceptors threw
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

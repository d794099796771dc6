import { randomUUID } from 'node:crypto'

/** A token that was issued, and to whom. */
export interface AccessToken {
  /** What a client sends after `Bearer`. */
  readonly token: string
  /** The principal that it speaks for: a user's e-mail, or a service principal's application id. */
  readonly holder: string
  /** When it stops working, in milliseconds since the epoch. */
  readonly expiresAt: number
  /** The API scopes that it is limited to; undefined for no limit. */
  readonly apiScopes: readonly string[] | undefined
}

/** The access tokens that one issuer has given out. They are opaque, made up, and say that they are fake. */
export class AccessTokens {
  readonly #prefix: string
  readonly #clock: () => number
  readonly #issued: AccessToken[] = []
  readonly #revoked = new Set<string>()

  /**
   * @param prefix what every token begins with
   * @param clock returns the time, in milliseconds since the epoch
   */
  constructor(prefix: string, clock: () => number) {
    this.#prefix = prefix
    this.#clock = clock
  }

  /** All tokens ever issued, in their order, also those that have ended. */
  get issued(): readonly AccessToken[] {
    return this.#issued
  }

  /** Makes a token that works until `expiresAt`, in milliseconds since the epoch, for these API scopes or for all. */
  issue(holder: string, expiresAt: number, apiScopes?: readonly string[]): AccessToken {
    const issued = { token: this.#prefix + randomUUID(), holder, expiresAt, apiScopes }
    this.#issued.push(issued)
    return issued
  }

  /** Ends all tokens issued so far; those issued later work. */
  revokeAll(): void {
    for (const { token } of this.#issued) this.#revoked.add(token)
  }

  /** A token, and whether it still works; undefined if it was never issued here. */
  find(token: string): (AccessToken & { readonly works: boolean }) | undefined {
    const found = this.#issued.find((issued) => issued.token === token)
    if (found === undefined) return undefined
    const works = !this.#revoked.has(token) && this.#clock() < found.expiresAt
    return { ...found, works }
  }
}

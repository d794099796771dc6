import type { SecretValue } from '../../secret-value.js'
import { monotonicMs } from '../http/clock.js'
import type { AuthType } from './auth-methods.js'
import type { AccessToken, OnToken, TokenSource } from './token-source.js'

/** How long before its end a token is refreshed, in ms: a request that takes its whole timeout still has a valid token. */
const MAX_REFRESH_MARGIN_MS = 60_000

/** For a short-lived token the margin is at most this share of its lifetime. */
const REFRESH_MARGIN_SHARE = 0.2

/** If a replacement for a rejected token is rejected within this many ms and never worked, another one would be rejected too. */
const REJECTED_AGAIN_MS = 60_000

interface CurrentToken {
  readonly value: SecretValue
  readonly since: number
  readonly refreshAt: number
  readonly expiresAt: number
  /** True if it replaced a token that the workspace rejected. */
  readonly isReplacement: boolean
  /** True after the workspace has accepted it. */
  isAccepted: boolean
}

/**
 * Supplies tokens that expire. It fetches a token at the first use, shares it between all requests, and fetches a new one
 * before it expires or after the workspace rejects it. While a token is valid, no request waits for the next one.
 *
 * @param fetchToken Throws an AuthError after all retries. Then it is not called again: the old token is used until it
 * expires, and after that each request fails with that error.
 */
export function refreshingTokenSource(
  authType: AuthType,
  fetchToken: () => Promise<AccessToken>,
  onToken: OnToken,
): TokenSource {
  let current: CurrentToken | undefined
  let fetching: Promise<SecretValue> | undefined

  const fetchNext = async (isReplacement: boolean): Promise<SecretValue> => {
    const since = monotonicMs()
    const { value, lifetimeMs } = await fetchToken()
    onToken(value)
    // A token that has expired already is used until it is rejected: the clock of the server may be wrong.
    const lifetime = lifetimeMs !== undefined && lifetimeMs > 0 ? lifetimeMs : Infinity
    const expiresAt = since + lifetime
    const refreshAt = expiresAt - Math.min(MAX_REFRESH_MARGIN_MS, lifetime * REFRESH_MARGIN_SHARE)
    current = { value, since, refreshAt, expiresAt, isReplacement, isAccepted: false }
    // Only after a success: all later callers share a failure.
    fetching = undefined
    return value
  }

  return {
    authType,
    async token(rejected) {
      const previous = current
      const now = monotonicMs()
      const isRejected = rejected !== undefined && previous?.value.equals(rejected) === true
      if (previous !== undefined && !isRejected && now < previous.refreshAt) return previous.value
      if (previous !== undefined && isRejected && isReplacementUseless(previous, now)) return previous.value
      fetching ??= fetchNext(isRejected)
      if (previous === undefined || isRejected || now >= previous.expiresAt) return await fetching
      // A failure concerns only callers without a valid token.
      fetching.catch(() => undefined)
      return previous.value
    },
    markAccepted(token) {
      if (current?.value.equals(token) === true) current.isAccepted = true
    },
  }
}

/** Whether a replacement of this rejected token would be rejected too. */
function isReplacementUseless({ isReplacement, isAccepted, since }: CurrentToken, now: number): boolean {
  return isReplacement && !isAccepted && now < since + REJECTED_AGAIN_MS
}

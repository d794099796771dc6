import type { SecretValue } from '../../secret-value.js'
import { monotonicMs } from '../http/clock.js'
import type { AccessToken, AuthType, OnToken, TokenSource } from './token-source.js'

/** A token is renewed so long before its end, in ms, that a request which takes its whole time still arrives in time. */
const MARGIN_MS = 60_000

/** Of a token that lives for minutes, at most this share of its life. */
const MARGIN_SHARE = 0.2

/**
 * A token that took the place of a refused one, never worked, and is refused itself within so many ms: a third would be,
 * too.
 */
const REFUSED_AGAIN_MS = 60_000

interface CurrentToken {
  readonly value: SecretValue
  readonly since: number
  readonly renewAt: number
  readonly end: number
  /** True when it took the place of one that the workspace has refused. */
  readonly isReplacement: boolean
  /** True once the workspace has let it in. */
  hasWorked: boolean
}

/**
 * A way to sign in whose tokens end: one is fetched when it is first asked for, used by all requests, and fetched anew
 * before its end, or once the workspace has refused it. While a token is valid, no request waits for the next one.
 *
 * @param fetchToken Throws a SignInError when there is none, after all retries: then nobody asks again. The old token is
 * used to its end, and after that each request fails with that error.
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
    // What is said to have ended already is used until it is refused: a wrong clock says so, too.
    const life = lifetimeMs !== undefined && lifetimeMs > 0 ? lifetimeMs : Infinity
    const end = since + life
    const renewAt = end - Math.min(MARGIN_MS, life * MARGIN_SHARE)
    current = { value, since, renewAt, end, isReplacement, hasWorked: false }
    // Only now: where it has failed, all who come later share the failure.
    fetching = undefined
    return value
  }

  return {
    authType,
    async token(refused) {
      const old = current
      const now = monotonicMs()
      const isRefused = refused !== undefined && old?.value.equals(refused) === true
      if (old !== undefined && !isRefused && now < old.renewAt) return old.value
      if (old !== undefined && isRefused && isHopeless(old, now)) return old.value
      fetching ??= fetchNext(isRefused)
      if (old === undefined || isRefused || now >= old.end) return await fetching
      // Whether it fails is for those to say who have no token any more.
      fetching.catch(() => undefined)
      return old.value
    },
    worked(token) {
      if (current?.value.equals(token) === true) current.hasWorked = true
    },
  }
}

/** Whether another token would be refused like this one. */
function isHopeless({ isReplacement, hasWorked, since }: CurrentToken, now: number): boolean {
  return isReplacement && !hasWorked && now < since + REFUSED_AGAIN_MS
}

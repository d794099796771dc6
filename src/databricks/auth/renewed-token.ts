import type { SecretValue } from '../../secret-value.js'
import type { AccessToken, AuthType, OnToken, SignIn } from './sign-in.js'

/** A token is renewed so long before its end, in ms, that a request which takes its whole time still arrives in time. */
const MARGIN_MS = 60_000

/** Of a token that lives for minutes, at most this share of its life. */
const MARGIN_SHARE = 0.2

/**
 * A way to sign in whose tokens end: one is fetched when it is first asked for, used by all requests, and fetched anew
 * before its end, or once the workspace has refused it.
 *
 * @param fetchToken Throws a SignInError when there is none; the next caller then tries again.
 */
export function renewedToken(
  authType: AuthType,
  fetchToken: () => Promise<AccessToken>,
  onToken: OnToken,
): SignIn {
  let current: { readonly value: SecretValue; readonly until: number } | undefined
  let fetching: Promise<SecretValue> | undefined

  const fetchNext = async (): Promise<SecretValue> => {
    try {
      const start = performance.now()
      const { value, lifetimeMs } = await fetchToken()
      onToken(value)
      // What is said to have ended already is used until it is refused: a wrong clock says so, too.
      const life = lifetimeMs !== undefined && lifetimeMs > 0 ? lifetimeMs : Infinity
      current = { value, until: start + life - Math.min(MARGIN_MS, life * MARGIN_SHARE) }
      return value
    } finally {
      fetching = undefined
    }
  }

  return {
    authType,
    async token(refused) {
      const isRefused = refused !== undefined && current?.value.equals(refused) === true
      if (current !== undefined && current.until > performance.now() && !isRefused) return current.value
      return await (fetching ??= fetchNext())
    },
  }
}

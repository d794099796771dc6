import type { SecretValue } from '../../secret-value.js'
import type { TokenClaims } from './auth-error.js'

/**
 * Returns the claims of a JWT (RFC 7519), or undefined for any other token. It verifies nothing: the claims are only shown,
 * so that the user can create a matching federation policy.
 */
export function parseTokenClaims(token: SecretValue): TokenClaims | undefined {
  try {
    const [, payload = ''] = token.reveal().toString().split('.')
    const { iss, aud, sub } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<
      string,
      unknown
    >
    return {
      iss: stringOrEmpty(iss),
      aud: (Array.isArray(aud) ? aud : [aud]).map(stringOrEmpty).join(', '),
      sub: stringOrEmpty(sub),
    }
  } catch {
    return undefined // No JWT. The parser's message quotes the token, so it is dropped.
  }
}

function stringOrEmpty(claim: unknown): string {
  return typeof claim === 'string' ? claim : ''
}

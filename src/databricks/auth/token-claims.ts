import type { SecretValue } from '../../secret-value.js'
import type { TokenClaims } from './auth-error.js'

/**
 * What a JWT (RFC 7519) says of itself, or undefined if it is none. Nothing is verified: it is told to the person who has to
 * make the policy that takes it.
 */
export function parseTokenClaims(token: SecretValue): TokenClaims | undefined {
  try {
    const [, payload = ''] = token.reveal().toString().split('.')
    const { iss, aud, sub } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<
      string,
      unknown
    >
    return {
      iss: textOf(iss),
      aud: (Array.isArray(aud) ? aud : [aud]).map(textOf).join(', '),
      sub: textOf(sub),
    }
  } catch {
    return undefined // No JWT; the parser's message quotes it, so it goes no further.
  }
}

function textOf(claim: unknown): string {
  return typeof claim === 'string' ? claim : ''
}

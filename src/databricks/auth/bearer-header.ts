import type { SecretValue } from '../../secret-value.js'

/** The `Authorization` header that carries a token (RFC 6750, 2.1). */
export function bearerHeader(token: SecretValue): string {
  return `Bearer ${token.reveal().toString()}`
}

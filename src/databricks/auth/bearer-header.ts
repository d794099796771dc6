import type { SecretValue } from '../../secret-value.js'

/** Returns the `Authorization` header for a bearer token (RFC 6750, 2.1). */
export function bearerHeader(token: SecretValue): string {
  return `Bearer ${token.reveal().toString()}`
}

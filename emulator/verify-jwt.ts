import {
  createLocalJWKSet,
  createRemoteJWKSet,
  decodeJwt,
  errors,
  jwtVerify,
  type JSONWebKeySet,
  type JWTPayload,
} from 'jose'

/** The keys of an issuer: a URL, which is fetched for each token, or the keys themselves. */
export type KeySource = { readonly jwksUri: string } | { readonly jwks: JSONWebKeySet }

/** Which JWTs are accepted. */
export type Trust = KeySource & {
  /** The claim `iss`, exactly. */
  readonly issuer: string
  /** The claim `aud` contains one of these. */
  readonly audiences: readonly string[]
  /** The subject claim, exactly. Default: any. */
  readonly subject?: string
  /** The name of the subject claim. Default: `sub`. */
  readonly subjectClaim?: string
}

/** What is wrong with a JWT. */
export type Flaw = 'form' | 'issuer' | 'signature' | 'audience' | 'expiry' | 'subject'

/** The order of the checks. Of several errors, the one of the latest check is reported. */
const ORDER: readonly Flaw[] = ['form', 'issuer', 'signature', 'audience', 'expiry', 'subject']

/** A JWT that was rejected. */
export class JwtRefused extends Error {
  readonly flaw: Flaw
  /** Its unverified claims; empty if it is no JWT. */
  readonly claims: JWTPayload

  constructor(flaw: Flaw, claims: JWTPayload) {
    super(`The JWT was refused for its ${flaw}.`)
    this.name = 'JwtRefused'
    this.flaw = flaw
    this.claims = claims
  }
}

/** The verified content of a JWT. */
export interface Proof {
  /** Its subject claim. */
  readonly subject: string
  /** When it expires, in milliseconds since the epoch. */
  readonly expiresAt: number
}

/**
 * Verifies a JWT. The first trust that accepts it is used. It must have an expiry, and no clock skew is allowed.
 *
 * @param now milliseconds since the epoch
 * @throws JwtRefused if no trust accepts it, with the latest flaw in the order form, issuer, signature, audience, expiry (also:
 * not valid yet, or no expiry), subject. Errors of the network if keys cannot be fetched
 */
export async function verifyJwt(jwt: string, trusts: readonly Trust[], now: number): Promise<Proof> {
  const claims = claimsOf(jwt)
  const ofIssuer = trusts.filter(({ issuer }) => issuer === claims.iss)
  let flaw: Flaw = 'issuer'
  for (const trust of ofIssuer) {
    const outcome = await verifyFor(trust, jwt, now)
    if (typeof outcome !== 'string') return outcome
    if (ORDER.indexOf(outcome) > ORDER.indexOf(flaw)) flaw = outcome
  }
  throw new JwtRefused(flaw, claims)
}

function claimsOf(jwt: string): JWTPayload {
  try {
    return decodeJwt(jwt)
  } catch {
    throw new JwtRefused('form', {})
  }
}

async function verifyFor(trust: Trust, jwt: string, now: number): Promise<Proof | Flaw> {
  const { issuer, audiences, subject, subjectClaim = 'sub' } = trust
  const keys =
    'jwks' in trust ? createLocalJWKSet(trust.jwks) : createRemoteJWKSet(new URL(trust.jwksUri), {})
  try {
    const { payload } = await jwtVerify(jwt, keys, {
      issuer,
      audience: [...audiences],
      algorithms: ['ES256', 'RS256'],
      requiredClaims: ['exp'],
      currentDate: new Date(now),
    })
    const named = payload[subjectClaim]
    if (typeof named !== 'string' || (subject !== undefined && named !== subject)) return 'subject'
    return { subject: named, expiresAt: (payload.exp ?? 0) * 1_000 }
  } catch (error) {
    return flawOf(error)
  }
}

/** Rethrows errors that do not concern the token, so that a test sees that it closed the issuer too early. */
function flawOf(error: unknown): Flaw {
  if (error instanceof errors.JWTExpired) return 'expiry'
  if (error instanceof errors.JWTClaimValidationFailed) return error.claim === 'aud' ? 'audience' : 'expiry'
  if (
    error instanceof errors.JWSSignatureVerificationFailed ||
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JOSEAlgNotAllowed
  ) {
    return 'signature'
  }
  if (error instanceof errors.JWSInvalid || error instanceof errors.JWTInvalid) return 'form'
  throw error
}

import {
  createLocalJWKSet,
  createRemoteJWKSet,
  decodeJwt,
  errors,
  jwtVerify,
  type JSONWebKeySet,
  type JWTPayload,
} from 'jose'

/** Where the keys of an issuer are: at a URL, fetched anew for each token, or right here. */
export type KeySource = { readonly jwksUri: string } | { readonly jwks: JSONWebKeySet }

/** Which JWTs are taken. */
export type Trust = KeySource & {
  /** The claim `iss`, exactly. */
  readonly issuer: string
  /** The claim `aud` has one of these. */
  readonly audiences: readonly string[]
  /** What the subject claim is, exactly; default any. */
  readonly subject?: string
  /** The claim that names the subject; default `sub`. */
  readonly subjectClaim?: string
}

/** What is wrong with a JWT. */
export type Flaw = 'form' | 'issuer' | 'signature' | 'audience' | 'expiry' | 'subject'

/** Later is further: of several refusals, the furthest tells most. */
const ORDER: readonly Flaw[] = ['form', 'issuer', 'signature', 'audience', 'expiry', 'subject']

/** A JWT that nobody takes. */
export class JwtRefused extends Error {
  readonly flaw: Flaw
  /** What it says, unverified; empty if it cannot be read. */
  readonly claims: JWTPayload

  constructor(flaw: Flaw, claims: JWTPayload) {
    super(`The JWT was refused for its ${flaw}.`)
    this.name = 'JwtRefused'
    this.flaw = flaw
    this.claims = claims
  }
}

/** What a JWT proves. */
export interface Proof {
  /** Its subject claim. */
  readonly subject: string
  /** When it ends, in milliseconds since the epoch. */
  readonly expiresAt: number
}

/**
 * Verifies a JWT for the first of the given trusts that takes it. It must have an end; no clock skew is tolerated.
 *
 * @param now milliseconds since the epoch
 * @throws JwtRefused if none takes it: with the flaw of the trust that came furthest in the order form, issuer, signature,
 * audience, expiry (also: not valid yet, or no end), subject; whatever the network throws if keys cannot be fetched
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

/** Rethrows what is not about the token: a test that closed the issuer too early should see just that. */
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

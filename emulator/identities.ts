import { credentialMissing, tokenInvalid } from './errors.js'

/** Somebody who may call the workspace. */
export interface Identity {
  /** The bearer token, clearly a fake one: the emulator prints its tokens. */
  readonly token: string
  /** The principal in ACLs: a user's e-mail, or a service principal's application id. */
  readonly name: string
  /** Display names of the groups that it is in; `users` goes without saying. */
  readonly groups?: readonly string[]
  /** A workspace admin has MANAGE on every scope. */
  readonly admin?: boolean
}

/** Who is in a workspace when nothing else is said: two users, a service principal and an admin. */
export const DEFAULT_IDENTITIES: readonly Identity[] = [
  { token: 'fake-token-of-ada', name: 'ada@example.com', groups: ['data-team'] },
  { token: 'fake-token-of-grace', name: 'grace@example.com', groups: ['auditors', '[UC] Team = A'] },
  { token: 'fake-token-of-ci', name: '00000000-0000-4000-8000-00000000c1c1', groups: ['data-team'] },
  { token: 'fake-token-of-root', name: 'root@example.com', groups: ['admins'], admin: true },
]

/** Every principal that an ACL can name in a workspace of these people: they, their groups, `users` and `admins`. */
export function principalsOf(identities: readonly Identity[]): Set<string> {
  return new Set(['users', 'admins', ...identities.flatMap(({ name, groups = [] }) => [name, ...groups])])
}

/**
 * Tells whose bearer token an `Authorization` header holds.
 *
 * @throws ApiError 401 without a bearer token, 403 if nobody has it; both with a number as error_code (seen)
 */
export function identify(authorization: string | undefined, identities: readonly Identity[]): Identity {
  const token = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1]
  if (token === undefined) throw credentialMissing()
  const identity = identities.find((candidate) => candidate.token === token)
  if (identity === undefined) throw tokenInvalid()
  return identity
}

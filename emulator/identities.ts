/** A principal of the workspace. */
export interface Principal {
  /** The principal in ACLs: a user's e-mail, or a service principal's application id. */
  readonly name: string
  /** Display names of the groups that it is in; `users` is implied. */
  readonly groups?: readonly string[]
  /** A workspace admin has MANAGE on every scope. */
  readonly admin?: boolean
}

/** A principal with a personal access token, which never expires here. */
export interface Identity extends Principal {
  /** The bearer token, clearly a fake one: the emulator prints its tokens. */
  readonly token: string
  /** The API scopes that the token is limited to; default no limit. */
  readonly apiScopes?: readonly string[]
}

/** The default principals of a workspace: two users, a service principal and an admin. */
export const DEFAULT_IDENTITIES: readonly Identity[] = [
  { token: 'fake-token-of-ada', name: 'ada@example.com', groups: ['data-team'] },
  { token: 'fake-token-of-grace', name: 'grace@example.com', groups: ['auditors', '[UC] Team = A'] },
  { token: 'fake-token-of-ci', name: '00000000-0000-4000-8000-00000000c1c1', groups: ['data-team'] },
  { token: 'fake-token-of-root', name: 'root@example.com', groups: ['admins'], admin: true },
]

/** Every principal that an ACL can name in a workspace of these people: they, their groups, `users` and `admins`. */
export function principalsOf(people: readonly Principal[]): Set<string> {
  return new Set(['users', 'admins', ...people.flatMap(({ name, groups = [] }) => [name, ...groups])])
}

import type { Principal } from './identities.js'

/** What privileges are granted on, as the path of `permissions` names it. */
export type SecurableType = 'catalog' | 'schema' | 'secret'

/** The privileges that can be granted on each type (Databricks' list of privileges; those that secrets never meet are left out). */
const ON_SECRET = ['READ_SECRET', 'WRITE_SECRET', 'REFERENCE_SECRET', 'MANAGE', 'ALL_PRIVILEGES'] as const
const ON_SCHEMA = [
  ...ON_SECRET,
  'CREATE_SECRET',
  'USE_SCHEMA',
  'SELECT',
  'MODIFY',
  'EXECUTE',
  'CREATE_TABLE',
  'CREATE_VOLUME',
  'READ_VOLUME',
  'WRITE_VOLUME',
] as const
const ON_CATALOG = [...ON_SCHEMA, 'USE_CATALOG', 'CREATE_SCHEMA', 'BROWSE'] as const

/** A privilege as the API writes it. SQL writes a blank in place of the underscore. */
export type Privilege = (typeof ON_CATALOG)[number]

const GRANTABLE: Readonly<Record<SecurableType, readonly string[]>> = {
  catalog: ON_CATALOG,
  schema: ON_SCHEMA,
  secret: ON_SECRET,
}

/** Whether a text from the wire names a privilege that can be granted on that type, in the exact spelling of the API. */
export function isGrantable(text: string, type: SecurableType): text is Privilege {
  return GRANTABLE[type].includes(text)
}

/** The privileges of principals, as an option takes them. */
export type Grants = Readonly<Record<string, readonly Privilege[]>>

/** Something with an owner that privileges are granted on. Privileges on a parent hold for all that is below it. */
export class Securable {
  readonly type: SecurableType
  /** Its name and those of its parents, in lower case, separated by periods. */
  readonly fullName: string
  readonly parent: Securable | undefined
  /** A user, a group or a service principal. */
  owner: string
  /** The privileges of each principal on this securable itself. */
  readonly grants: Map<string, Set<Privilege>>

  constructor(type: SecurableType, name: string, owner: string, parent?: Securable, grants: Grants = {}) {
    this.type = type
    this.fullName = parent === undefined ? name : `${parent.fullName}.${name}`
    this.owner = owner
    this.parent = parent
    this.grants = new Map(
      Object.entries(grants).map(([principal, privileges]) => [principal, new Set(privileges)]),
    )
  }

  /** Its name without those of its parents. */
  get name(): string {
    return this.fullName.split('.').at(-1) ?? ''
  }

  /** The type and the name, as Databricks' messages write them: `Schema 'main.storage'`. */
  get title(): string {
    return `${this.type.slice(0, 1).toUpperCase()}${this.type.slice(1)} '${this.fullName}'`
  }
}

/** All names of a principal: its own, its groups, and those of all users of the workspace and of the account. */
export function principalsFor(who: Principal): string[] {
  return [who.name, ...(who.groups ?? []), 'users', 'account users']
}

/** Whether a principal owns a securable, also through a group. */
export function owns(who: Principal, securable: Securable): boolean {
  return principalsFor(who).includes(securable.owner)
}

/**
 * Whether a principal owns a securable, owns one of its parents, or has MANAGE on one of them. That the owner of a parent
 * manages what is in it is how Databricks describes tables; for secrets it is an assumption.
 */
export function manages(who: Principal, securable: Securable): boolean {
  return lineage(securable).some(
    (one) => owns(who, one) || principalsFor(who).some((name) => one.grants.get(name)?.has('MANAGE')),
  )
}

/**
 * Whether a principal has a privilege on a securable: as its owner, by a grant on it, or by one on a parent. `ALL_PRIVILEGES`
 * has all but MANAGE. The owner of a parent has the `USE_` privileges of what is in it, and no other.
 */
export function holds(who: Principal, needed: Exclude<Privilege, 'MANAGE'>, securable: Securable): boolean {
  if (owns(who, securable)) return true
  const line = lineage(securable)
  if (needed.startsWith('USE_') && line.some((one) => owns(who, one))) return true
  return line.some((one) =>
    principalsFor(who).some((name) => {
      const granted = one.grants.get(name)
      return granted?.has(needed) === true || granted?.has('ALL_PRIVILEGES') === true
    }),
  )
}

/** The securable and its parents, from the inside out. */
function lineage(securable: Securable): Securable[] {
  return securable.parent === undefined ? [securable] : [securable, ...lineage(securable.parent)]
}

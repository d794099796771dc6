import type { SecretLimits } from '../secrets/secret-limits.js'
import { SCHEMA, type DesiredSchema } from './schema.js'
import { SCOPE, type DesiredScope } from './scope.js'

/** A place for secrets, as the inputs describe it. */
export type DesiredStore = DesiredScope | DesiredSchema

/** The kinds of places for secrets. */
export type StoreKind = DesiredStore['kind']

/** What is known of a kind of store before the first request: its limits, and how a report speaks of it. */
export interface StoreDefinition {
  readonly limits: SecretLimits
  /** The label before its name in the log. */
  readonly label: 'Scope' | 'Schema'
  /** The command that lists its keys. */
  readonly listCommand: (name: string) => readonly [words: readonly string[], names: readonly string[]]
  /** How a notebook reads a secret, in Python. */
  readonly readCall: (name: string, key: string, isText: boolean) => string
  /** The reference to a secret in the configuration of a cluster; undefined where there is none. */
  readonly reference: ((name: string, key: string) => string) | undefined
}

/** Every kind of store. */
export const STORES: Readonly<Record<StoreKind, StoreDefinition>> = {
  scope: SCOPE,
  schema: SCHEMA,
}

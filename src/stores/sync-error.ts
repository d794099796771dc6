import type { SecurableType } from '../databricks/catalog-secrets-api.js'

/** What kind of problem stopped a run, or kept one key or permission from being written. */
export type SyncErrorKind =
  | 'scope-not-found'
  | 'schema-not-found'
  | 'catalog-binding'
  | 'no-unity-catalog'
  | 'unity-catalog-secrets-off'
  | 'unseen-secret'
  | 'key-vault'
  | 'standard-plan'
  | 'quota'
  | 'prune'
  | 'read-back'
  | 'permission-denied'
  | 'permissions-input'
  | 'unexpected-response'

/** Privileges to grant on a securable of Unity Catalog. */
export interface SqlGrant {
  readonly type: SecurableType
  /** The full name without backticks. */
  readonly name: string
  /** A principal of the input; undefined for the identity of this run. */
  readonly principal?: string
  /** One or more privileges as SQL writes them, such as `READ SECRET, WRITE SECRET`. */
  readonly privileges: string
}

/** More about a {@link SyncError}. With `needsManage`, `needsGrants` or `vault`, commands follow, so the message has no full stop at its end. */
export interface SyncErrorDetails {
  /** The parts of the message that the workspace gave. They may contain anything. */
  readonly untrusted?: readonly string[]
  /** Set where it helps to grant MANAGE to the identity of this run: its name, if the workspace reported one. */
  readonly needsManage?: { readonly identity: string | undefined }
  /** Set where somebody else has to grant privileges of Unity Catalog. */
  readonly needsGrants?: {
    readonly grants: readonly SqlGrant[]
    /** The name of the identity of this run, if a grant is for it and the workspace reported one. */
    readonly identity: string | undefined
  }
  /** Set where the secrets belong in an Azure key vault: its name. */
  readonly vault?: string
}

/**
 * An error that the sync itself found, not a request. The message consists of fixed words and of names, and says what to
 * change in the workflow or the workspace.
 */
export class SyncError extends Error {
  override readonly name = 'SyncError'
  readonly kind: SyncErrorKind
  readonly details: SyncErrorDetails

  constructor(kind: SyncErrorKind, message: string, details: SyncErrorDetails = {}) {
    super(message)
    this.kind = kind
    this.details = details
  }
}

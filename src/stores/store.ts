import type { CallOptions } from '../databricks/http/request-scheduler.js'
import type { WorkspaceError } from '../databricks/workspace-error.js'
import type { SecretValue } from '../secret-value.js'
import type { DesiredPermissions, PermissionPlan, PermissionResult } from './permission-plan.js'
import type { StoreKind } from './store-definition.js'

/** A place for secrets in a workspace. The sync reads and writes every kind of target through this interface. */
export interface Store {
  readonly kind: StoreKind
  /**
   * Reads which secrets exist, without their values.
   *
   * @param purpose What the run needs to know.
   * @returns Undefined if the store is missing and {@link create} creates it.
   * @throws {SyncError} if this run cannot use the store.
   * @throws {WorkspaceError} if a request fails.
   */
  read(purpose: ReadPurpose): Promise<StoreContents | undefined>
  /**
   * Creates the store.
   *
   * @param hasPermissions Whether the run sets permissions afterwards.
   * @throws {SyncError | WorkspaceError} if it certainly was not created.
   */
  create(hasPermissions: boolean): Promise<CreateResult>
  /**
   * Checks that permissions can be set on a store that this run created, before the first secret is written.
   *
   * @throws {SyncError | WorkspaceError}
   */
  checkCreation(creation: StoreCreation, hasPermissions: boolean): Promise<void>
  /**
   * Writes a secret. Safe to repeat.
   *
   * @throws {SyncError | WorkspaceError}
   */
  write(secret: SecretToWrite, options: CallOptions): Promise<WriteResult>
  /**
   * Reads a value.
   *
   * @throws {WorkspaceError}
   */
  get(key: string, options: CallOptions): Promise<SecretValue>
  /** Whether the workspace would refuse all reads of values if it refuses one with this error. */
  refusesAllReads(error: WorkspaceError): boolean
  /**
   * Deletes a secret.
   *
   * @throws {WorkspaceError} also if it does not exist. An earlier try may have deleted it.
   */
  delete(key: string, options: CallOptions): Promise<void>
  /**
   * Lists the secrets again.
   *
   * @throws {WorkspaceError} if a request fails, or the store was deleted.
   */
  list(): Promise<readonly ListedSecret[]>
  /**
   * Reads the permissions. Starts at the same time as {@link read}.
   *
   * @returns A function that plans the changes as soon as it is known whether the store exists. It throws only when called,
   * so that an error of the store itself is reported first.
   */
  readPermissions(desired: DesiredPermissions, dryRun: boolean): Promise<PlanPermissions>
  /**
   * Sets the planned permissions and reads them back. One failure does not stop the others.
   *
   * @param notWritten The keys that could not be written: no permission is set on these secrets.
   * @returns The results in the order of the plan.
   */
  applyPermissions(plan: PermissionPlan, notWritten: readonly string[]): Promise<PermissionResult[]>
}

/** The secrets of a store that exists. */
export interface StoreContents {
  /** The name in the spelling of the workspace. */
  readonly name: string
  readonly keys: readonly ListedSecret[]
  /** False if there may be secrets that the workspace does not show to this run. */
  readonly isComplete: boolean
  /** True if the workspace did not report whose secrets are this run's to delete: see {@link ListedSecret.isProtected}. */
  readonly isIdentityUnknown?: boolean
  /** The id of the metastore, in which other workspaces find the same secrets; undefined where there is none. */
  readonly metastoreId?: string | undefined
}

/** What a run needs to know about a store. */
export interface ReadPurpose {
  /** Whether it is an error if the store is missing, because the run writes no secrets. */
  readonly mustExist: boolean
  /** Whether keys may be deleted, so that {@link ListedSecret.isProtected} matters. */
  readonly willPrune: boolean
}

/** A secret in a list of the workspace, without its value. */
export interface ListedSecret {
  /** The key in the spelling of the workspace. Keys are case-insensitive. */
  readonly name: string
  /** When it was last written, in ms since the epoch; undefined if the workspace does not report it. */
  readonly lastUpdated: number | undefined
  /** When it ends, in ms since the epoch; undefined if it does not end. */
  readonly expires?: number | undefined
  /** The principal that owns it, as the workspace names it: untrusted text. Undefined where secrets have no owners. */
  readonly owner?: string | undefined
  /** True if it is not known to be this run's to delete: another principal owns or may own it. Only known for {@link ReadPurpose.willPrune}. */
  readonly isProtected?: boolean
  /** The attributes that differ from the inputs of the same name. */
  readonly differences?: readonly SecretAttribute[]
}

/** What a secret may have besides its value. */
export type SecretAttribute = 'owner' | 'comment'

/** A secret to write, and what is known about it. */
export interface SecretToWrite {
  readonly key: string
  readonly value: SecretValue
  /** The secret in the list of the store; undefined if the list does not have the key. */
  readonly listed: ListedSecret | undefined
  /** What to do if it turns out to exist although it is not listed. */
  readonly ifExists: IfExists
}

/** What a write did. Only a secret that was not listed ends as `unchanged` or `kept`. */
export interface WriteResult {
  readonly outcome: 'created' | 'updated' | 'unchanged' | 'kept'
  /** The secret after the write, as the workspace reports it; undefined if it does not. */
  readonly secret?: ListedSecret
  /** True if the secret existed although it was not listed. */
  readonly wasUnseen?: boolean
}

/** What to do with a key of the map that already exists: see action.yml. */
export type IfExists = 'update' | 'compare' | 'keep'

/** How this run created the store. */
export interface StoreCreation {
  readonly managedBy: 'creator' | 'users'
  /** True if the workspace required `users` and the input allowed it. */
  readonly fellBack: boolean
  /** True if the response was lost and the store exists now: this run or another job created it. */
  readonly unconfirmed?: boolean
}

/** The result of an attempt to create a store. */
export interface CreateResult {
  /** Undefined if another job certainly created it. */
  readonly creation?: StoreCreation
  /** The error, if the store exists already or may exist now. The caller reads the current state again. */
  readonly inDoubt?: WorkspaceError
}

/**
 * Plans the permissions. A pure function of what was read.
 *
 * @param exists Whether the store exists.
 * @param keys The secrets in it, as far as this run can see them.
 * @returns `unreadable` in a dry run that has no permission to read them.
 * @throws {SyncError | WorkspaceError} for permissions that cannot be read or set, and for a plan that is not allowed.
 */
export type PlanPermissions = (
  exists: boolean,
  keys?: readonly ListedSecret[],
) => Promise<PermissionPlan | 'unreadable'>

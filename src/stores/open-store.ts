import type { Grant } from '../databricks/catalog-secrets-api.js'
import type { WorkspaceClient } from '../databricks/workspace-client.js'
import { ScopeStore, type ScopeApi } from './scope-store.js'
import type { DesiredStore } from './store-definition.js'
import type { Store } from './store.js'

/** What all stores of a run share. */
export interface StoreApi extends ScopeApi {
  readonly client: WorkspaceClient
  /** The grants on schemas and catalogs that the run reads, by kind and name. */
  readonly grantsRead: Map<string, Promise<readonly Grant[]>>
}

/**
 * Opens a store. The code for schemas is only loaded for a schema.
 *
 * @throws {Error} if that code cannot be loaded.
 */
export async function openStore(desired: DesiredStore, api: StoreApi): Promise<Store> {
  switch (desired.kind) {
    case 'scope':
      return new ScopeStore(desired, api)
    case 'schema': {
      const { openSchemaStore } = await import('./schema-store.js')
      return openSchemaStore(desired, api)
    }
  }
}

import { IdentityApi } from '../databricks/identity-api.js'
import { SecretsApi } from '../databricks/secrets-api.js'
import type { WorkspaceClient } from '../databricks/workspace-client.js'
import { openStore } from '../stores/open-store.js'
import type { ConnectedTarget, Target } from './target.js'

/**
 * Connects the targets with the workspace. What several of them read is requested once.
 *
 * @throws {Error} if the code for a kind of target cannot be loaded.
 */
export async function connectTargets(
  targets: readonly Target[],
  client: WorkspaceClient,
): Promise<ConnectedTarget[]> {
  const secrets = new SecretsApi(client)
  const identity = new IdentityApi(client)
  const api = {
    client,
    secrets,
    grantsRead: new Map(),
    listScopesOnce: once(async () => await secrets.listScopes()),
    getIdentityOnce: once(async () => await identity.getIdentity()),
  }
  return await Promise.all(
    targets.map(async (target) => ({ ...target, connection: await openStore(target.store, api) })),
  )
}

/** A function that calls another one at most once, and returns its result every time. */
function once<T>(call: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined
  return () => (result ??= call())
}

import { IdentityApi, type Identity } from '../databricks/identity-api.js'
import type { WorkspaceClient } from '../databricks/workspace-client.js'
import type { SecretValue } from '../secret-value.js'
import { APPS } from './apps.js'
import { CLUSTER_POLICIES } from './cluster-policies.js'
import { CLUSTERS } from './clusters.js'
import type { ConsumerKind, ConsumerSearch, KindStatus } from './consumer.js'
import { Findings } from './findings.js'
import { JOBS } from './jobs.js'
import { PIPELINES } from './pipelines.js'
import { searchRepository } from './repository.js'
import { ScopeIndex, type SearchedScope } from './scope-index.js'
import { searchKind } from './search-workspace.js'
import { SERVING_ENDPOINTS } from './serving-endpoints.js'
import { SQL_WAREHOUSES } from './sql-warehouses.js'

const WORKSPACE_KINDS = [CLUSTERS, JOBS, CLUSTER_POLICIES, PIPELINES, SERVING_ENDPOINTS, APPS, SQL_WAREHOUSES]

/** The group of workspace admins. */
const ADMINS = 'admins'

/** What a search is for. */
export interface ConsumerQuery {
  readonly scopes: readonly SearchedScope[]
  /** The values of this run. A field that contains one as plain text is reported. */
  readonly values: readonly SecretValue[]
  /** Whether the name of a key is safe to print. Missing keys with other names are not reported. */
  readonly isPrintableName: (key: string) => boolean
  /** The folder of the checkout (`GITHUB_WORKSPACE`); undefined to search no files. */
  readonly workspaceFolder: string | undefined
  /** The identity of this run, if it has been read before. Undefined: it is read. */
  readonly identity?: Identity | undefined
  readonly cancelled: AbortSignal
}

/**
 * Searches the workspace and the checkout for references to the keys of some scopes. It only reads, and all its requests are
 * sent in the background, so it can run while the secrets are written. It sees what the identity of this run may see.
 *
 * Never throws: the status of each kind tells what could not be searched.
 */
export async function searchConsumers(
  client: WorkspaceClient,
  query: ConsumerQuery,
): Promise<ConsumerSearch> {
  const scopes = new ScopeIndex(query.scopes, query.isPrintableName)
  const findings = new Findings(scopes, query.values)
  const repository = searchRepository(query.workspaceFolder, scopes, findings, query.cancelled)
  const isAdmin = await readIsAdmin(client, query.identity)
  const kinds: [ConsumerKind, KindStatus][] = []
  // One after the other, so that few pages are in memory at the same time.
  for (const kind of WORKSPACE_KINDS) kinds.push([kind.kind, await searchKind(client, kind, findings)])
  kinds.push(['repository', await repository])
  const { references, missing, unresolved, pasted } = findings
  return {
    references,
    missing,
    unresolved,
    pasted,
    kinds: Object.fromEntries(kinds) as Record<ConsumerKind, KindStatus>,
    isAdmin,
  }
}

async function readIsAdmin(
  client: WorkspaceClient,
  known: Identity | undefined,
): Promise<boolean | undefined> {
  try {
    const { groups } = known ?? (await new IdentityApi(client).getIdentity({ background: true }))
    return groups.includes(ADMINS)
  } catch {
    // Optional: the search works without it.
    return undefined
  }
}

import type { CatalogSecretsApi, SecurableType } from '../databricks/catalog-secrets-api.js'
import type { Identity } from '../databricks/identity-api.js'
import { WorkspaceError } from '../databricks/workspace-error.js'
import { planGrants, type InheritedGrants, type Securable } from './grant-plan.js'
import type { DesiredPermissions } from './permission-plan.js'
import type { PlanPermissions } from './store.js'
import { SyncError } from './sync-error.js'

/** The API calls for grants. */
export interface GrantsApi {
  readonly catalog: Pick<CatalogSecretsApi, 'listGrants' | 'changeGrants'>
  /** Reads the identity of this run, once in a run. */
  readonly getIdentityOnce: () => Promise<Identity>
  /** Reads the owner of the securable; undefined if it is not known. */
  readonly getOwner: () => Promise<string | undefined>
}

/**
 * Reads the grants on a schema or a secret, its owner, inherited grants, and the identity of this run: see
 * {@link Store.readPermissions}. The grants need MANAGE or ownership. All other reads are optional.
 *
 * It takes one request for the grants and one for those of each parent, all at the same time.
 */
export async function readGrants(
  { catalog, getIdentityOnce, getOwner }: GrantsApi,
  securable: Securable,
  desired: DesiredPermissions,
  dryRun: boolean,
): Promise<PlanPermissions> {
  const { type, name } = securable
  const listed = catalog.listGrants(type, name)
  const [, identified, owned, inherited] = await Promise.allSettled([
    listed,
    getIdentityOnce(),
    getOwner(),
    readInherited(catalog, name),
  ])
  const me = identified.status === 'fulfilled' ? identified.value : undefined
  const owner = owned.status === 'fulfilled' ? owned.value : undefined
  return async () => {
    try {
      const current = {
        grants: await listed,
        owner,
        inherited: inherited.status === 'fulfilled' ? inherited.value : [],
      }
      return planGrants(type, desired, current, me)
    } catch (error) {
      if (!isDenied(error)) throw error
      if (dryRun) return 'unreadable'
      throw denied(securable, desired, owner)
    }
  }
}

/** Reads the grants on the parents that this run can see. */
async function readInherited(catalog: GrantsApi['catalog'], name: string): Promise<InheritedGrants[]> {
  const [catalogName = '', schema = '', secret] = name.split('.')
  const parents: [from: InheritedGrants['from'] & SecurableType, name: string][] = [
    ...(secret === undefined ? [] : [['schema', `${catalogName}.${schema}`] as ['schema', string]]),
    ['catalog', catalogName],
  ]
  const all = await Promise.allSettled(
    parents.map(async ([from, parent]) => ({
      from,
      grants: await catalog.listGrants(from, parent, { optional: true }),
    })),
  )
  return all.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
}

/** Whether the workspace refused the call because this run may not see or change the grants. */
function isDenied(error: unknown): boolean {
  return (
    error instanceof WorkspaceError &&
    ['PERMISSION_DENIED', 'UNAUTHORIZED_ACCESS'].some((code) => error.hasErrorCode(code))
  )
}

function denied(
  { type, name }: Securable,
  { lines }: DesiredPermissions,
  owner: string | undefined,
): SyncError {
  const whom = owner === undefined ? 'the owner' : `the owner, "${owner}",`
  return new SyncError(
    'permission-denied',
    `The permissions of the ${type} "${name}" cannot be read or set by this run: that needs MANAGE on it, or its ownership. No ` +
      `secret was written. Ask ${whom} to grant MANAGE to the identity of this run; this concerns tables in the schema too. ` +
      'Or remove the input permissions, and ask the owner for these grants',
    {
      needsGrants: {
        grants: lines.map(({ principal, permission }) => ({ type, name, principal, privileges: permission })),
        identity: undefined,
      },
      ...(owner !== undefined && { untrusted: [owner] }),
    },
  )
}

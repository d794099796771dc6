import { applyGrants } from './apply-grants.js'
import type { DesiredPermissions, PermissionPlan, PermissionResult } from './permission-plan.js'
import { readGrants, type GrantsApi } from './read-grants.js'
import type { PlanPermissions } from './store.js'

/** The part of a desired schema that its permissions need: its full name `catalog.schema`, without backticks. */
interface NamedSchema {
  readonly name: string
}

/** Reads the permissions of a schema and the identity of this run: see {@link Store.readPermissions}. */
export async function readSchemaPermissions(
  api: GrantsApi,
  { name }: NamedSchema,
  desired: DesiredPermissions,
  dryRun: boolean,
): Promise<PlanPermissions> {
  return await readGrants(api, { type: 'schema', name }, desired, dryRun)
}

/** Sets the planned permissions of a schema and reads them back: see {@link applyGrants}. */
export async function applySchemaPermissions(
  { catalog }: Pick<GrantsApi, 'catalog'>,
  { name }: NamedSchema,
  plan: PermissionPlan,
): Promise<PermissionResult[]> {
  return await applyGrants(catalog, { type: 'schema', name }, plan)
}

import type { CatalogSecretsApi, Grant } from '../databricks/catalog-secrets-api.js'
import { normalizeKey } from '../secrets/key.js'
import { applyGrants } from './apply-grants.js'
import { planGrants } from './grant-plan.js'
import { secretNotWritten } from './permission-errors.js'
import {
  permissionResult,
  type DesiredPermissions,
  type PermissionPlan,
  type PermissionResult,
} from './permission-plan.js'
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
  const { exact, ofSecrets = new Map<string, never>() } = desired
  const ofSchema =
    desired.lines.length > 0 ? await readGrants(api, { type: 'schema', name }, desired, dryRun) : undefined
  return async (exists, keys = []) => {
    const present = new Set(keys.map((secret) => normalizeKey(secret.name)))
    const plans = await Promise.all([
      ofSchema?.(exists),
      ...[...ofSecrets].map(async ([secret, lines]) => {
        const own = { lines, exact }
        // A new secret has no grants, and there is nothing to read.
        if (!present.has(normalizeKey(secret)))
          return ofSecret(secret, planGrants('secret', own, NO_GRANTS, undefined))
        const read = await readGrants(api, { type: 'secret', name: `${name}.${secret}` }, own, dryRun)
        const plan = await read(true)
        return plan === 'unreadable' ? plan : ofSecret(secret, plan)
      }),
    ])
    const known: PermissionPlan[] = []
    for (const plan of plans)
      if (plan === 'unreadable') return plan
      else if (plan !== undefined) known.push(plan)
    return {
      permissions: known.flatMap((plan) => plan.permissions),
      sets: known.flatMap((plan) => plan.sets),
      others: known.flatMap((plan) => plan.others),
      // Who has access to a single secret through the schema is reported with the permissions of the schema.
      withoutUse: known.flatMap((plan) => plan.withoutUse ?? []),
      otherAccess: known.slice(0, ofSchema === undefined ? 0 : 1).flatMap((plan) => plan.otherAccess ?? []),
    }
  }
}

const NO_GRANTS = { grants: [], owner: undefined, inherited: [] }

/** The plan with the name of its secret. */
function ofSecret(secret: string, plan: PermissionPlan): PermissionPlan {
  const permissions = plan.permissions.map((each) => ({ ...each, secret }))
  return {
    permissions,
    // The same objects, because failures are found by them.
    sets: permissions.flatMap((each) => (each.action === 'set' ? [each] : [])),
    others: plan.others.map((each) => ({ ...each, secret })),
  }
}

/** The calls with grants on schemas and catalogs read once, because the secrets of a run share them. */
export function withSharedGrants(
  catalog: GrantsApi['catalog'],
  reads: Map<string, Promise<readonly Grant[]>>,
): GrantsApi['catalog'] {
  const listGrants: CatalogSecretsApi['listGrants'] = async (type, name, options) => {
    if (type === 'secret') return await catalog.listGrants(type, name, options)
    const id = `${type} ${name}`
    const read = reads.get(id) ?? catalog.listGrants(type, name, options)
    reads.set(id, read)
    return [...(await read)]
  }
  return {
    listGrants,
    changeGrants: async (...change) => {
      await catalog.changeGrants(...change)
    },
  }
}

/** Sets the planned permissions of a schema and reads them back: see {@link applyGrants}. */
export async function applySchemaPermissions(
  { catalog }: Pick<GrantsApi, 'catalog'>,
  { name }: NamedSchema,
  plan: PermissionPlan,
  notWritten: readonly string[],
): Promise<PermissionResult[]> {
  const missing = new Set(notWritten.map(normalizeKey))
  const results: PermissionResult[] = []
  for (const secret of new Set(plan.permissions.map((each) => each.secret))) {
    const own = {
      permissions: plan.permissions.filter((each) => each.secret === secret),
      sets: plan.sets.filter((each) => each.secret === secret),
      others: [],
    }
    if (secret === undefined) results.push(...(await applyGrants(catalog, { type: 'schema', name }, own)))
    else if (missing.has(normalizeKey(secret)))
      results.push(
        ...own.permissions.map((each) =>
          permissionResult(
            each,
            each.action === 'unchanged' ? undefined : { error: secretNotWritten(each, secret) },
          ),
        ),
      )
    else results.push(...(await applyGrants(catalog, { type: 'secret', name: `${name}.${secret}` }, own)))
  }
  return results
}

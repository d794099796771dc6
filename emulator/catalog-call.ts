import type { Caller } from './callers.js'
import { catalogError, type CatalogRefusalName, type CatalogRefusals } from './catalog-refusals.js'
import type { ApiError } from './errors.js'
import type { Fields } from './fields.js'
import type { PageRules } from './pages.js'
import { holds, principalsFor, type Securable } from './privileges.js'
import type { Binding, Catalog, CatalogSchema, UnityCatalog } from './unity-catalog.js'

/** How Unity Catalog is set up. What is marked unsure has two forms, since no source says which is right. */
export interface CatalogRules {
  /** Default `on`. `secrets off`: the workspace has Unity Catalog without secrets. `none`: it has no Unity Catalog. */
  readonly feature?: 'on' | 'secrets off' | 'none'
  /** Principals that are metastore admins; default `admins`. */
  readonly metastoreAdmins?: readonly string[]
  /** The most secrets of a schema; default 1,000, and 100 in the preview. */
  readonly maxSecretsInSchema?: number
  /** The most secrets of a metastore; default 10,000, and 1,000 in the preview. */
  readonly maxSecretsInMetastore?: number
  /** How lists of secrets and of grants come in pages. */
  readonly pages?: PageRules
  /** The form of refusals whose form is unsure. */
  readonly refusals?: CatalogRefusals
  /** Unsure: what an update of a value needs. Default `WRITE_SECRET`; `ownership` is what the API reference says. */
  readonly updatesNeed?: 'WRITE_SECRET' | 'ownership'
  /** Unsure: whether an update has to repeat `name`, `catalog_name` and `schema_name`; default false. */
  readonly updatesNeedNames?: boolean
  /**
   * Unsure: whether each field of an update mask has to be in the body, as the API reference says; default false, since the
   * Terraform provider (1.126.0) names fields that it leaves out. Then `comment` and `expire_time` are cleared.
   */
  readonly masksNeedFields?: boolean
  /** Unsure: what happens to a read of a value without `READ_SECRET`; default `refused`. `left out`: status 200 without it. */
  readonly withheldValues?: 'refused' | 'left out'
  /** Unsure: what a list answers without `USE_CATALOG` or `USE_SCHEMA`; default `refused`. */
  readonly listsWithoutUse?: 'refused' | 'empty'
}

/** One call: the caller, the request, the metastore and the workspace. */
export interface CatalogCall {
  readonly catalogs: UnityCatalog
  readonly rules: CatalogRules
  /** The id of the workspace that is called: a catalog can be bound to others. */
  readonly workspaceId: string
  /** Every principal that a grant may name, and that may own something. */
  readonly principals: ReadonlySet<string>
  readonly caller: Caller
  /** What the path has in place of each `*`, decoded. */
  readonly names: readonly string[]
  readonly query: Fields
  /** Throws ApiError MALFORMED_REQUEST unless the body is a JSON object. */
  readonly body: () => Fields
}

/** Carries out a call and returns the body of its answer. Throws ApiError for what a workspace refuses. */
export type CatalogCallHandler = (call: CatalogCall) => object

/** A refusal in the form that the rules choose. */
export function refuse({ rules }: CatalogCall, name: CatalogRefusalName, message: string): ApiError {
  return catalogError(rules.refusals ?? {}, name, message)
}

/** Whether the caller is a metastore admin. A workspace admin is not one for that alone. */
export function isMetastoreAdmin({ caller, rules: { metastoreAdmins = ['admins'] } }: CatalogCall): boolean {
  return principalsFor(caller).some((name) => metastoreAdmins.includes(name))
}

/**
 * The catalog of that name.
 *
 * @param access what the call does there: a catalog that is bound read-only takes no writes
 * @throws ApiError where it is missing, or not bound to this workspace in the way that the call needs
 */
export function catalogNamed(call: CatalogCall, name: string, access: 'read' | 'write'): Catalog {
  const catalog = call.catalogs.findCatalog(name)
  if (catalog === undefined) throw refuse(call, 'catalogMissing', `Catalog '${name}' does not exist.`)
  const binding = bindingOf(call, catalog)
  if (binding === undefined) {
    throw refuse(call, 'catalogUnbound', `${catalog.title} is not accessible in current workspace.`)
  }
  if (binding === 'READ_ONLY' && access === 'write') {
    throw refuse(call, 'catalogReadOnly', `${catalog.title} is read-only in current workspace.`)
  }
  return catalog
}

/** What this workspace may do with a catalog; undefined if it is bound to others alone. */
export function bindingOf({ workspaceId }: CatalogCall, { bindings }: Catalog): Binding | undefined {
  return bindings === undefined ? 'READ_WRITE' : bindings.get(workspaceId)
}

/** The schema of that name. Throws ApiError as `catalogNamed` does. */
export function schemaNamed(
  call: CatalogCall,
  catalogName: string,
  name: string,
  access: 'read' | 'write',
): CatalogSchema {
  const catalog = catalogNamed(call, catalogName, access)
  const schema = call.catalogs.findSchema(`${catalog.fullName}.${name}`)
  if (schema === undefined) {
    throw refuse(call, 'schemaMissing', `Schema '${catalogName}.${name}' does not exist.`)
  }
  return schema
}

/** Whether the caller has `USE_CATALOG` and `USE_SCHEMA`, without which no other privilege counts. */
export function mayUse({ caller }: CatalogCall, schema: CatalogSchema): boolean {
  return holds(caller, 'USE_CATALOG', schema.catalog) && holds(caller, 'USE_SCHEMA', schema)
}

/** Throws ApiError unless the caller may use the schema. */
export function checkUse(call: CatalogCall, schema: CatalogSchema): void {
  if (mayUse(call, schema)) return
  const hasCatalog = holds(call.caller, 'USE_CATALOG', schema.catalog)
  const [privilege, securable]: [string, Securable] = hasCatalog
    ? ['USE SCHEMA', schema]
    : ['USE CATALOG', schema.catalog]
  throw refuse(call, 'useMissing', `User does not have ${privilege} on ${securable.title}.`)
}

/** Throws ApiError for a principal that the workspace does not know. */
export function checkPrincipal(call: CatalogCall, name: string): void {
  if (name !== 'account users' && !call.principals.has(name)) {
    throw refuse(call, 'principalMissing', `Could not find principal with name ${name}.`)
  }
}

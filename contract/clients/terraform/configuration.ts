import type { Operation } from '../../operations.js'
import { catalogBodyOf, fullNameOf } from '../catalog-body.js'

/** One resource as the configuration has it. */
export interface Resource {
  readonly type:
    | 'databricks_secret_scope'
    | 'databricks_secret'
    | 'databricks_secret_acl'
    | 'databricks_secret_uc'
    | 'databricks_grant'
  /** What `import` knows it by, which is also its id in the state. */
  readonly id: string
  /** Its arguments; the scope's name is `name` or `scope`. */
  readonly arguments: Readonly<Record<string, unknown>>
}

/** A change of the configuration: a resource to create, to update or to delete. */
export interface Change {
  readonly wants: 'present' | 'changed' | 'absent'
  readonly resource: Resource
}

/** How an operation is said in a configuration; undefined where it is none of Terraform's. */
export function changeOf(operation: Operation): Change | undefined {
  switch (operation.do) {
    case 'createScope': {
      const { scope, initialManagePrincipal, keyVault } = operation
      return present('databricks_secret_scope', scope, {
        name: scope,
        ...(initialManagePrincipal === undefined ? {} : { initial_manage_principal: initialManagePrincipal }),
        ...(keyVault === undefined
          ? {}
          : { keyvault_metadata: { resource_id: keyVault.resourceId, dns_name: keyVault.dnsName } }),
      })
    }
    case 'putString': {
      const { scope, key, value } = operation
      return present('databricks_secret', pair(scope, key), { scope, key, string_value: value })
    }
    case 'putAcl': {
      const { scope, principal, permission } = operation
      return present('databricks_secret_acl', pair(scope, principal), { scope, principal, permission })
    }
    case 'deleteScope':
      return absent('databricks_secret_scope', operation.scope, { name: operation.scope })
    case 'deleteSecret': {
      const { scope, key } = operation
      return absent('databricks_secret', pair(scope, key), { scope, key, string_value: 'fake' })
    }
    case 'deleteAcl': {
      const { scope, principal } = operation
      return absent('databricks_secret_acl', pair(scope, principal), { scope, principal, permission: 'READ' })
    }
    case 'createCatalogSecret':
      return present('databricks_secret_uc', fullNameOf(operation), catalogBodyOf(operation))
    case 'updateCatalogSecret': {
      const change = present('databricks_secret_uc', fullNameOf(operation), catalogBodyOf(operation))
      return { ...change, wants: 'changed' }
    }
    case 'deleteCatalogSecret': {
      const body = catalogBodyOf({ ...operation, do: 'updateCatalogSecret', value: 'fake' })
      return absent('databricks_secret_uc', fullNameOf(operation), body)
    }
    case 'changeGrants': {
      const { on, principal, add: privileges } = operation
      if (on.type !== 'schema') return undefined
      const id = `schema/${on.fullName}/${principal}`
      return present('databricks_grant', id, { schema: on.fullName, principal, privileges })
    }
    default:
      return undefined
  }
}

/** A data source, and what of it is asked for: an attribute, or all of it. */
export interface Reading {
  readonly type: 'databricks_secret_uc' | 'databricks_secret_ucs'
  readonly arguments: Readonly<Record<string, unknown>>
  readonly attribute?: string
}

/** How an operation that reads is said in a configuration; undefined where it is none of Terraform's. */
export function readingOf(operation: Operation): Reading | undefined {
  if (operation.do === 'getCatalogSecret') {
    return { type: 'databricks_secret_uc', arguments: { full_name: fullNameOf(operation) } }
  }
  if (operation.do !== 'listCatalogSecrets') return undefined
  const [catalog, schema] = operation.schema.split('.')
  const where = { catalog_name: catalog, schema_name: schema }
  return { type: 'databricks_secret_ucs', arguments: where, attribute: 'secrets' }
}

const present = (type: Resource['type'], id: string, given: Resource['arguments']): Change => ({
  wants: 'present',
  resource: { type, id, arguments: given },
})

const absent = (type: Resource['type'], id: string, given: Resource['arguments']): Change => ({
  wants: 'absent',
  resource: { type, id, arguments: given },
})

/** Ids of two parts, as `NewPairSeparatedID` of the provider makes them. */
const pair = (one: string, two: string): string => `${one}|||${two}`

/** The address of a resource: its type, and a name that any id can be turned into. */
export function addressOf({ type, id }: Resource): string {
  return `${type}.${nameOf(id)}`
}

const nameOf = (id: string): string => `r${Buffer.from(id).toString('hex')}`

/**
 * A configuration in JSON: these resources, what is to be read, and nothing else. The workspace and the token come by the environment, and each
 * argument has its own line: an error quotes the line that it is about, and that is never one with a value or a token.
 */
export function configurationOf(resources: readonly Resource[], reading?: Reading): string {
  const byType: Record<string, Record<string, unknown>> = {}
  for (const { type, id, arguments: given } of resources) {
    byType[type] = { ...byType[type], [nameOf(id)]: literal(given) }
  }
  const configuration = {
    terraform: { required_providers: { databricks: { source: 'databricks/databricks' } } },
    ...(resources.length === 0 ? {} : { resource: byType }),
    ...(reading === undefined ? {} : readingInConfiguration(reading)),
  }
  return JSON.stringify(configuration, null, 2)
}

/** A data source named `read`, and an output of that name, which no run prints. */
function readingInConfiguration({ type, arguments: given, attribute }: Reading): object {
  const address = ['data', type, 'read', ...(attribute === undefined ? [] : [attribute])].join('.')
  return {
    data: { [type]: { read: literal(given) } },
    output: { read: { value: `\${${address}}`, sensitive: true } },
  }
}

/** The same with all text escaped: in a configuration, `${` and `%{` begin expressions. */
function literal(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll(/[$%]\{/g, (start) => `${start.slice(0, 1)}${start}`)
  if (Array.isArray(value)) return value.map(literal)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, literal(part)]))
}

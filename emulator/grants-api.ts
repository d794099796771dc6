import {
  catalogNamed,
  checkPrincipal,
  isMetastoreAdmin,
  refuse,
  schemaNamed,
  type CatalogCall,
  type CatalogCallHandler,
} from './catalog-call.js'
import { invalidParameter } from './errors.js'
import { pageOf } from './pages.js'
import {
  holds,
  isGrantable,
  manages,
  type Privilege,
  type Securable,
  type SecurableType,
} from './privileges.js'

/** The calls for schemas and for grants on catalogs, schemas and secrets, by method and path; `*` is a type or a full name. */
export const GRANTS_CALLS = {
  'GET unity-catalog/schemas/*': getSchema,
  'GET unity-catalog/permissions/*/*': getPermissions,
  'PATCH unity-catalog/permissions/*/*': updatePermissions,
  'GET unity-catalog/effective-permissions/*/*': getEffectivePermissions,
} satisfies Record<string, CatalogCallHandler>

function getSchema(call: CatalogCall): object {
  const [fullName = ''] = call.names
  const [catalogName = '', name = '', ...more] = fullName.split('.')
  if (name === '' || more.length > 0) throw invalidParameter(`${fullName} is not the full name of a schema.`)
  const schema = schemaNamed(call, catalogName, name, 'read')
  const { caller, catalogs } = call
  const isVisible =
    isMetastoreAdmin(call) ||
    manages(caller, schema) ||
    (['USE_SCHEMA', 'BROWSE'] as const).some((privilege) => holds(caller, privilege, schema))
  if (!isVisible) throw refuse(call, 'schemaHidden', `Schema '${fullName}' does not exist.`)
  return {
    name: schema.name,
    catalog_name: schema.catalog.name,
    full_name: schema.fullName,
    owner: schema.owner,
    metastore_id: catalogs.metastoreId,
    catalog_type: 'MANAGED_CATALOG',
  }
}

function getPermissions(call: CatalogCall): object {
  const securable = managedSecurable(call, 'read')
  return assignmentsPage(
    call,
    `grants on ${securable.title}`,
    [...securable.grants]
      .filter(([, privileges]) => privileges.size > 0)
      .map(([principal, privileges]) => ({ principal, privileges: [...privileges].sort() })),
  )
}

function updatePermissions(call: CatalogCall): object {
  const securable = managedSecurable(call, 'write')
  const changes = call
    .body()
    .objects('changes')
    .map((change) => {
      const principal = change.required('principal')
      const add = privilegesOf(change.texts('add'), securable)
      const remove = privilegesOf(change.texts('remove'), securable)
      if (add.some((privilege) => remove.includes(privilege))) {
        throw invalidParameter(`Duplicate privileges to add and delete for principal ${principal}.`)
      }
      checkPrincipal(call, principal)
      return { principal, add, remove }
    })
  for (const { principal, add, remove } of changes) {
    const before = securable.grants.get(principal) ?? new Set<Privilege>()
    const kept = remove.includes('ALL_PRIVILEGES') ? [] : [...before].filter((one) => !remove.includes(one))
    securable.grants.set(principal, new Set([...kept, ...add]))
  }
  const assignments = [...securable.grants]
    .filter(([, privileges]) => privileges.size > 0)
    .map(([principal, privileges]) => ({ principal, privileges: [...privileges].sort() }))
  return assignments.length === 0 ? {} : { privilege_assignments: assignments }
}

/** With the privileges that come from the parents, and where from. */
function getEffectivePermissions(call: CatalogCall): object {
  const securable = managedSecurable(call, 'read')
  const byPrincipal = new Map<string, object[]>()
  for (let one: Securable | undefined = securable; one !== undefined; one = one.parent) {
    const { type, fullName } = one
    const source =
      one === securable ? {} : { inherited_from_type: type.toUpperCase(), inherited_from_name: fullName }
    for (const [principal, privileges] of one.grants) {
      const entries = [...privileges].sort().map((privilege) => ({ privilege, ...source }))
      if (entries.length > 0) byPrincipal.set(principal, [...(byPrincipal.get(principal) ?? []), ...entries])
    }
  }
  return assignmentsPage(
    call,
    `effective grants on ${securable.title}`,
    [...byPrincipal].map(([principal, privileges]) => ({ principal, privileges })),
  )
}

/** One page of assignments, only those of `principal` where the query has it. */
function assignmentsPage(
  { query, rules }: CatalogCall,
  list: string,
  assignments: readonly { readonly principal: string }[],
): object {
  const asked = query.text('principal')
  const { elements, next } = pageOf(
    list,
    assignments
      .filter(({ principal }) => asked === undefined || principal === asked)
      .map((assignment, n) => [n + 1, assignment] as const),
    { size: query.text('max_results'), token: query.text('page_token') },
    rules.pages ?? {},
  )
  return {
    ...(elements.length === 0 ? {} : { privilege_assignments: elements }),
    ...(next === undefined ? {} : { next_page_token: next }),
  }
}

/** The securable that the path names, which the caller has to manage. */
function managedSecurable(call: CatalogCall, access: 'read' | 'write'): Securable {
  const securable = securableNamed(call, access)
  if (!isMetastoreAdmin(call) && !manages(call.caller, securable)) {
    throw refuse(call, 'privilegeMissing', `User does not have MANAGE on ${securable.title}.`)
  }
  return securable
}

function securableNamed(call: CatalogCall, access: 'read' | 'write'): Securable {
  const [type = '', fullName = ''] = call.names
  const [catalogName = '', schemaName = '', name = '', ...more] = fullName.split('.')
  const parts = [catalogName, schemaName, name, ...more].filter((part) => part !== '').length
  const types: readonly SecurableType[] = ['catalog', 'schema', 'secret']
  if (parts === 0 || types[parts - 1] !== type.toLowerCase()) {
    throw invalidParameter(`${fullName} is not the full name of a ${type}.`)
  }
  if (parts === 1) return catalogNamed(call, catalogName, access)
  const schema = schemaNamed(call, catalogName, schemaName, access)
  if (parts === 2) return schema
  const secret = schema.secret(name)
  if (secret === undefined) throw refuse(call, 'secretMissing', `Secret '${fullName}' does not exist.`)
  return secret
}

function privilegesOf(texts: readonly string[], { type }: Securable): Privilege[] {
  return texts.map((text) => {
    if (!isGrantable(text, type)) throw invalidParameter(`Privilege ${text} is not applicable to a ${type}.`)
    return text
  })
}

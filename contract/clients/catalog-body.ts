import type { Operation } from '../operations.js'

type Written = Extract<Operation, { do: 'createCatalogSecret' | 'updateCatalogSecret' }>

/** The fields of a Unity Catalog secret that an operation writes, in the names of the REST reference. */
export function catalogBodyOf(operation: Written): Record<string, string> {
  const [catalog = '', schema = ''] = operation.schema.split('.')
  const body = { catalog_name: catalog, schema_name: schema, name: operation.name, value: operation.value }
  if (operation.do === 'updateCatalogSecret') return body
  const { comment, owner, expireTime } = operation
  return {
    ...body,
    ...(comment === undefined ? {} : { comment }),
    ...(owner === undefined ? {} : { owner }),
    ...(expireTime === undefined ? {} : { expire_time: expireTime }),
  }
}

/** The full name of the secret of an operation. */
export function fullNameOf({ schema, name }: { readonly schema: string; readonly name: string }): string {
  return `${schema}.${name}`
}

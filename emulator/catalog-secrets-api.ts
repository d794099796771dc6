import {
  bindingOf,
  checkPrincipal,
  checkUse,
  isMetastoreAdmin,
  mayUse,
  refuse,
  schemaNamed,
  type CatalogCall,
  type CatalogCallHandler,
} from './catalog-call.js'
import { checkCatalogName, type CatalogSecret, type SecretChange } from './catalog-secret.js'
import { invalidParameter, type ApiError } from './errors.js'
import type { Fields } from './fields.js'
import { pageOf } from './pages.js'
import { holds, manages, owns } from './privileges.js'
import type { CatalogSchema } from './unity-catalog.js'

/**
 * The calls for Unity Catalog secrets, by method and path; `*` is a full name. Where a request is wrong in several ways, which
 * of them is reported is an assumption: first its form, then the catalog, the schema, the privileges, and the limits last.
 */
export const CATALOG_SECRETS_CALLS = {
  'POST unity-catalog/secrets': createSecret,
  'GET unity-catalog/secrets': listSecrets,
  'GET unity-catalog/secrets/*': getSecret,
  'PATCH unity-catalog/secrets/*': updateSecret,
  'DELETE unity-catalog/secrets/*': deleteSecret,
} satisfies Record<string, CatalogCallHandler>

/** What an update mask may name (REST reference). */
const UPDATABLE = ['value', 'comment', 'owner', 'expire_time'] as const
type Updatable = (typeof UPDATABLE)[number]

const DEFAULT_MAX_IN_SCHEMA = 1_000
const DEFAULT_MAX_IN_METASTORE = 10_000

function createSecret(call: CatalogCall): object {
  const { catalogs, caller, rules } = call
  const body = call.body()
  const name = body.required('name')
  const [catalogName, schemaName] = [body.required('catalog_name'), body.required('schema_name')]
  const value = body.required('value')
  const change = changeOf(call, body, UPDATABLE)
  const schema = schemaNamed(call, catalogName, schemaName, 'write')
  checkUse(call, schema)
  if (!holds(caller, 'CREATE_SECRET', schema)) throw denied(call, 'CREATE SECRET', schema.title)
  checkWritable(call, schema)
  checkCatalogName(name)
  if (schema.secret(name) !== undefined) {
    throw refuse(call, 'secretExists', `Secret '${schema.fullName}.${name.toLowerCase()}' already exists.`)
  }
  const { maxSecretsInSchema = DEFAULT_MAX_IN_SCHEMA, maxSecretsInMetastore = DEFAULT_MAX_IN_METASTORE } =
    rules
  if (schema.secrets.size >= maxSecretsInSchema) {
    throw refuse(call, 'limitExceeded', `${schema.title} has ${maxSecretsInSchema} secrets already.`)
  }
  if (catalogs.size >= maxSecretsInMetastore) {
    throw refuse(call, 'limitExceeded', `The metastore has ${maxSecretsInMetastore} secrets already.`)
  }
  return described(call, catalogs.createSecret(schema, name, { ...change, value }, caller.name))
}

function listSecrets(call: CatalogCall): object {
  const { catalogs, rules, query } = call
  const [catalogName, schemaName] = [query.text('catalog_name'), query.text('schema_name')]
  if ((catalogName === undefined) !== (schemaName === undefined)) {
    throw invalidParameter('catalog_name and schema_name have to be given together.')
  }
  const all =
    catalogName === undefined || schemaName === undefined
      ? catalogs.schemas.flatMap((schema) => listed(call, schema))
      : listed(call, listedSchema(call, catalogName, schemaName))
  const { elements, next } = pageOf(
    `secrets of ${catalogName ?? '*'}.${schemaName ?? '*'}`.toLowerCase(),
    all.map((secret) => [secret.number, secret] as const).sort(([one], [other]) => one - other),
    { size: query.text('page_size'), token: query.text('page_token') },
    rules.pages ?? {},
  )
  return {
    ...(elements.length === 0 ? {} : { secrets: elements.map((secret) => described(call, secret)) }),
    ...(next === undefined ? {} : { next_page_token: next }),
  }
}

function listedSchema(call: CatalogCall, catalogName: string, schemaName: string): CatalogSchema {
  const schema = schemaNamed(call, catalogName, schemaName, 'read')
  if (call.rules.listsWithoutUse !== 'empty' && !isMetastoreAdmin(call)) checkUse(call, schema)
  return schema
}

/** What of a schema the caller sees in a list: what they own or manage. */
function listed(call: CatalogCall, schema: CatalogSchema): CatalogSecret[] {
  if (bindingOf(call, schema.catalog) === undefined) return []
  const secrets = [...schema.secrets.values()]
  if (isMetastoreAdmin(call)) return secrets
  return mayUse(call, schema) ? secrets.filter((secret) => manages(call.caller, secret)) : []
}

function getSecret(call: CatalogCall): object {
  const { secret } = secretNamed(call, 'read')
  const asked = call.query.text('include_value') ?? 'false'
  if (asked !== 'true' && asked !== 'false') throw invalidParameter('include_value is true or false.')
  if (!isMetastoreAdmin(call) && !manages(call.caller, secret)) throw unseen(call, secret, 'MANAGE')
  if (asked === 'false') return described(call, secret)
  if (holds(call.caller, 'READ_SECRET', secret))
    return { ...described(call, secret), effective_value: secret.value }
  if (call.rules.withheldValues === 'left out') return described(call, secret)
  throw denied(call, 'READ SECRET', secret.title)
}

function updateSecret(call: CatalogCall): object {
  const { catalogs, caller, rules } = call
  const body = call.body()
  const fields = maskedFields(call, body)
  checkNames(call, body)
  const change = changeOf(call, body, fields)
  const { secret, schema } = secretNamed(call, 'write')
  if (!mayUpdate(call, secret, fields)) {
    const needed =
      rules.updatesNeed === 'ownership' || fields.includes('owner') ? 'ownership' : 'WRITE SECRET'
    throw unseen(call, secret, needed)
  }
  checkWritable(call, schema)
  secret.change(change, { by: caller.name, at: catalogs.now })
  return described(call, secret)
}

function deleteSecret(call: CatalogCall): object {
  const { secret, schema } = secretNamed(call, 'write')
  if (!isMetastoreAdmin(call) && !owns(call.caller, secret)) throw unseen(call, secret, 'ownership')
  checkWritable(call, schema)
  schema.secrets.delete(secret.name)
  return {}
}

/** The owner may change all fields, a principal with `WRITE_SECRET` all except the owner, and a manager only the owner. */
function mayUpdate(call: CatalogCall, secret: CatalogSecret, fields: readonly Updatable[]): boolean {
  const { caller, rules } = call
  if (owns(caller, secret)) return true
  if (fields.every((field) => field === 'owner')) return isMetastoreAdmin(call) || manages(caller, secret)
  const isOwnersOnly = rules.updatesNeed === 'ownership' || fields.includes('owner')
  return !isOwnersOnly && holds(caller, 'WRITE_SECRET', secret)
}

/** The fields that an update is about. Throws ApiError INVALID_PARAMETER_VALUE for a mask that names none or others. */
function maskedFields({ query, rules }: CatalogCall, body: Fields): readonly Updatable[] {
  const mask = query.required('update_mask')
  // The SDK for Go sends an empty value where it has none.
  if (mask === '*') return UPDATABLE.filter((field) => (body.text(field) ?? '') !== '')
  const named = mask.split(',')
  const fields = UPDATABLE.filter((field) => named.includes(field))
  if (fields.length < named.length)
    throw invalidParameter(`update_mask may have ${UPDATABLE.join(', ')}, or *.`)
  const absent = fields.find((field) => body.text(field) === undefined)
  if (absent !== undefined && (rules.masksNeedFields === true || absent === 'value')) {
    throw invalidParameter(`update_mask has ${absent}, and the body has not.`)
  }
  return fields.filter((field) => field !== 'owner' || (body.text('owner') ?? '') !== '')
}

/** Throws ApiError INVALID_PARAMETER_VALUE for an update whose body names another secret than its path. */
function checkNames({ names, rules }: CatalogCall, body: Fields): void {
  const [catalog, schema, name] = names[0]?.split('.') ?? []
  for (const [field, expected] of Object.entries({ catalog_name: catalog, schema_name: schema, name })) {
    const given = rules.updatesNeedNames === true ? body.required(field) : body.text(field)
    if (given !== undefined && given.toLowerCase() !== expected?.toLowerCase()) {
      throw invalidParameter(`${field} is another than that of the path.`)
    }
  }
}

/** What a body changes of these fields; one that is absent is cleared. */
function changeOf(call: CatalogCall, body: Fields, fields: readonly Updatable[]): SecretChange {
  const owner = body.text('owner') ?? ''
  if (fields.includes('owner') && owner !== '') checkPrincipal(call, owner)
  return {
    ...(fields.includes('value') ? { value: body.text('value') } : {}),
    ...(fields.includes('comment') ? { comment: (body.text('comment') ?? '') || null } : {}),
    ...(fields.includes('owner') && owner !== '' ? { owner } : {}),
    ...(fields.includes('expire_time') ? { expireTime: timeOf(body.text('expire_time')) } : {}),
  }
}

/** RFC 3339, 5.6. */
const TIME = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/

function timeOf(text: string | undefined): number | null {
  if (text === undefined || text === '') return null
  const time = TIME.test(text) ? Date.parse(text) : NaN
  if (Number.isNaN(time)) throw invalidParameter('expire_time is no time as in RFC 3339.')
  return time
}

/** As protobuf writes a time in JSON: without the milliseconds where there are none. */
function timeText(time: number): string {
  return new Date(time).toISOString().replace('.000Z', 'Z')
}

/** The secret that the path names. Throws ApiError where it, its schema or its catalog is missing or not for this call. */
function secretNamed(
  call: CatalogCall,
  access: 'read' | 'write',
): { readonly secret: CatalogSecret; readonly schema: CatalogSchema } {
  const fullName = call.names[0] ?? ''
  const [catalogName = '', schemaName = '', name = '', ...more] = fullName.split('.')
  if (name === '' || more.length > 0) throw invalidParameter(`${fullName} is not the full name of a secret.`)
  const schema = schemaNamed(call, catalogName, schemaName, access)
  if (!isMetastoreAdmin(call)) checkUse(call, schema)
  const secret = schema.secret(name)
  if (secret === undefined) throw refuse(call, 'secretMissing', `Secret '${fullName}' does not exist.`)
  return { secret, schema }
}

function checkWritable(call: CatalogCall, { externalManager, title }: CatalogSchema): void {
  if (externalManager === undefined) return
  throw refuse(call, 'externallyManaged', `${title} has its secrets in ${externalManager} and is read-only.`)
}

function denied(call: CatalogCall, needed: string, title: string): ApiError {
  return refuse(call, 'privilegeMissing', `User does not have ${needed} on ${title}.`)
}

/** Why a call for one secret is refused. A principal without any privilege on it does not learn that it exists. */
function unseen(call: CatalogCall, secret: CatalogSecret, needed: string): ApiError {
  const { caller } = call
  const isKnown =
    manages(caller, secret) ||
    (['READ_SECRET', 'WRITE_SECRET', 'REFERENCE_SECRET'] as const).some((one) => holds(caller, one, secret))
  if (isKnown) return denied(call, needed, secret.title)
  return refuse(call, 'secretHidden', `User does not have ${needed} on ${secret.title}.`)
}

/** A secret as an answer has it, without its value. A field that is empty is absent, as in JSON for protobuf. */
function described({ catalogs }: CatalogCall, secret: CatalogSecret): object {
  const [catalogName, schemaName] = secret.fullName.split('.')
  const { name, fullName, comment, owner, created, updated, expireTime } = secret
  return {
    name,
    catalog_name: catalogName,
    schema_name: schemaName,
    full_name: fullName,
    metastore_id: catalogs.metastoreId,
    ...(comment === undefined ? {} : { comment }),
    owner,
    effective_owner: owner,
    created_by: created.by,
    create_time: timeText(created.at),
    updated_by: updated.by,
    update_time: timeText(updated.at),
    ...(expireTime === undefined ? {} : { expire_time: timeText(expireTime) }),
  }
}

import type { Caller } from './callers.js'
import * as errors from './errors.js'
import type { Fields } from './fields.js'
import { caseless, checkScopeName } from './names.js'
import { isPermission, isPermitted, type Permission } from './permissions.js'
import type { KeyVault, Scope } from './scope.js'
import type { SecretStore } from './store.js'

/** The pricing plans that the Secrets API tells apart; `premium` stands for all above Standard. */
export type Plan = 'premium' | 'standard'

/** What differs from workspace to workspace. */
export interface WorkspaceRules {
  readonly plan: Plan
  /** Whether `secrets/get` is for notebooks only. */
  readonly readsRefused: boolean
  /** Scope names that nobody may create. */
  readonly reservedScopes: readonly string[]
  /** Every principal that an ACL may name. */
  readonly principals: ReadonlySet<string>
}

/** One call: who asks for what, and of which workspace. */
export interface SecretsCall {
  readonly store: SecretStore
  readonly rules: WorkspaceRules
  readonly caller: Caller
  readonly fields: Fields
}

/** Carries out a call and returns the body of its answer. Throws ApiError for what a workspace refuses. */
export type CallHandler = (call: SecretsCall) => object

/**
 * The Secrets API: its eleven calls by method and path (REST reference). Where a request is wrong in several ways, which
 * of them is told is an assumption: first its form, then the scope, the permission, and the limits last.
 */
const CALLS = {
  'POST /api/2.0/secrets/scopes/create': createScope,
  'GET /api/2.0/secrets/scopes/list': listScopes,
  'POST /api/2.0/secrets/scopes/delete': deleteScope,
  'POST /api/2.0/secrets/put': putSecret,
  'POST /api/2.0/secrets/delete': deleteSecret,
  'GET /api/2.0/secrets/list': listSecrets,
  'GET /api/2.0/secrets/get': getSecret,
  'POST /api/2.0/secrets/acls/put': putAcl,
  'POST /api/2.0/secrets/acls/delete': deleteAcl,
  'GET /api/2.0/secrets/acls/get': getAcl,
  'GET /api/2.0/secrets/acls/list': listAcls,
} satisfies Record<string, CallHandler>

/** The calls by method and path, for any text that may be one. */
export const SECRETS_API: Readonly<Record<string, CallHandler>> = CALLS

/** The name of a call as the reference has it, such as `secrets/put`. */
export type CallName = NameOf<keyof typeof CALLS>
type NameOf<Call> = Call extends `${string} /api/2.0/${infer Name}` ? Name : never

function createScope({ store, rules, caller, fields }: SecretsCall): object {
  const name = fields.required('scope')
  const principal = fields.text('initial_manage_principal')
  const backend = fields.text('scope_backend_type') ?? 'DATABRICKS'
  checkScopeName(name)
  if (rules.reservedScopes.some((reserved) => caseless(reserved) === caseless(name))) {
    throw errors.scopeNameReserved(name)
  }
  const keyVault = backend === 'AZURE_KEYVAULT' ? keyVaultOf(caller, fields) : undefined
  if (keyVault === undefined && backend !== 'DATABRICKS')
    throw errors.invalidParameter(`Unknown scope_backend_type: ${backend}`)
  if (principal !== 'users') {
    if (rules.plan === 'standard') throw errors.premiumDisabled()
    if (principal !== undefined) throw errors.principalNotAllowed(principal)
  }
  const acls = { [principal ?? caller.name]: 'MANAGE' as const }
  store.createScope(name, keyVault === undefined ? { acls } : { acls, keyVault })
  return {}
}

/** The vault of a new scope. Whether it exists is not checked: there is no Azure here. */
function keyVaultOf(caller: Caller, fields: Fields): KeyVault {
  if (!caller.viaEntra) throw errors.entraTokenMissing()
  const vault = fields.nested('backend_azure_keyvault')
  return { resource_id: vault.required('resource_id'), dns_name: vault.required('dns_name') }
}

function listScopes({ store }: SecretsCall): object {
  const scopes = store.scopes.map(({ name, keyVault }) =>
    keyVault === undefined
      ? { name, backend_type: 'DATABRICKS' }
      : { name, backend_type: 'AZURE_KEYVAULT', keyvault_metadata: keyVault },
  )
  return unlessEmpty({ scopes })
}

function deleteScope(call: SecretsCall): object {
  call.store.deleteScope(scopeFor('MANAGE', call).name)
  return {}
}

function putSecret(call: SecretsCall): object {
  const key = call.fields.required('key')
  const value = valueOf(call.fields)
  writableScope(call).put(key, value)
  return {}
}

function deleteSecret(call: SecretsCall): object {
  const key = call.fields.required('key')
  writableScope(call).delete(key)
  return {}
}

function listSecrets(call: SecretsCall): object {
  const secrets = scopeFor('READ', call).secrets.map(({ key, lastUpdated }) => ({
    key,
    last_updated_timestamp: lastUpdated,
  }))
  return unlessEmpty({ secrets })
}

function getSecret(call: SecretsCall): object {
  const key = call.fields.required('key')
  if (call.rules.readsRefused) throw errors.badRequest('Secrets can only be read in a notebook here.')
  const scope = scopeFor('READ', call)
  const secret = scope.secret(key)
  if (secret === undefined) {
    throw errors.doesNotExist(`Secret does not exist with scope: ${scope.name} and key: ${key}`)
  }
  return { key: secret.key, value: secret.value.toString('base64') }
}

function putAcl(call: SecretsCall): object {
  const scope = scopeWithAcls(call)
  const principal = call.fields.required('principal')
  const permission = call.fields.required('permission')
  if (!isPermission(permission)) throw errors.invalidParameter(`Unknown permission: ${permission}`)
  // That a workspace knows its principals is an assumption, and so is the code.
  if (!call.rules.principals.has(principal)) {
    throw errors.invalidParameter(`Unknown user, group or service principal: ${principal}`)
  }
  scope.acls.set(principal, permission)
  return {}
}

function deleteAcl(call: SecretsCall): object {
  const scope = scopeWithAcls(call)
  const { principal } = aclOf(call, scope)
  scope.acls.delete(principal)
  return {}
}

function getAcl(call: SecretsCall): object {
  return aclOf(call, scopeWithAcls(call))
}

function listAcls(call: SecretsCall): object {
  const items = [...scopeWithAcls(call).acls].map(([principal, permission]) => ({ principal, permission }))
  return unlessEmpty({ items })
}

/** The scope that a call names, if the caller may do there what needs `needed`. */
function scopeFor(needed: Permission, { store, caller, fields }: SecretsCall): Scope {
  const scope = store.scope(fields.required('scope'))
  if (!isPermitted(caller, needed, scope.acls)) {
    throw errors.permissionDenied(`User ${caller.name} needs ${needed} permission on scope ${scope.name}.`)
  }
  return scope
}

function writableScope(call: SecretsCall): Scope {
  const scope = scopeFor('WRITE', call)
  if (scope.keyVault !== undefined) {
    throw errors.badRequest(`Scope ${scope.name} is backed by Azure KeyVault and read-only.`)
  }
  return scope
}

function scopeWithAcls(call: SecretsCall): Scope {
  if (call.rules.plan === 'standard') throw errors.aclsDisabled()
  return scopeFor('MANAGE', call)
}

function aclOf({ fields }: SecretsCall, scope: Scope): { principal: string; permission: Permission } {
  const principal = fields.required('principal')
  const permission = scope.acls.get(principal)
  if (permission === undefined) {
    throw errors.doesNotExist(`Scope ${scope.name} has no ACL for principal ${principal}.`)
  }
  return { principal, permission }
}

function valueOf(fields: Fields): Buffer {
  const text = fields.text('string_value')
  const base64 = fields.text('bytes_value')
  if (text !== undefined && base64 === undefined) return Buffer.from(text)
  if (base64 === undefined || text !== undefined) {
    throw errors.malformedRequest('Exactly one of string_value and bytes_value has to be given.')
  }
  const bytes = Buffer.from(base64, 'base64')
  // Node skips what it cannot decode; only text that comes out the same again was base64.
  if (bytes.toString('base64') !== base64) throw errors.malformedRequest('bytes_value is not base64.')
  return bytes
}

/** A field without elements is absent from an answer, as in JSON for protobuf. */
function unlessEmpty(answer: Readonly<Record<string, readonly object[]>>): object {
  return Object.fromEntries(Object.entries(answer).filter(([, elements]) => elements.length > 0))
}

import type { Caller } from './callers.js'
import * as errors from './errors.js'
import type { Fields } from './fields.js'
import { caseless, checkScopeName } from './names.js'
import { isPermission, isPermitted, type Permission } from './permissions.js'
import type { KeyVault, Scope } from './scope.js'
import type { SecretStore } from './store.js'

/** The pricing plans that matter to the Secrets API. `premium` means every plan above Standard. */
export type Plan = 'premium' | 'standard'

/** The settings that differ between workspaces. */
export interface WorkspaceRules {
  readonly plan: Plan
  /** Whether `secrets/get` is allowed only in notebooks. */
  readonly readsRefused: boolean
  /** Scope names that cannot be created. */
  readonly reservedScopes: readonly string[]
  /** All principals that an ACL may contain. */
  readonly principals: ReadonlySet<string>
}

/** An API call: its workspace, its caller and its fields. */
export interface SecretsCall {
  readonly store: SecretStore
  readonly rules: WorkspaceRules
  readonly caller: Caller
  readonly fields: Fields
}

/** Handles a call and returns the body of the response. Throws ApiError for an error of the workspace. */
export type CallHandler = (call: SecretsCall) => object

/**
 * The eleven calls of the Secrets API by method and path (REST reference). If a request has several errors, the order is an
 * assumption: first its format, then the scope, the permission, and the limits.
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

/** The calls, indexed by any text. */
export const SECRETS_API: Readonly<Record<string, CallHandler>> = CALLS

/** The name of a call in the REST reference, such as `secrets/put`. */
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

/** Returns the vault of a new scope. The emulator does not check whether it exists. */
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
  // It is an assumption that a workspace checks the principal. So is the error code.
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

/** Returns the scope of a call if the caller has the permission `needed`. */
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
  // Node skips invalid characters. The text was base64 only if encoding gives the same text again.
  if (bytes.toString('base64') !== base64) throw errors.malformedRequest('bytes_value is not base64.')
  return bytes
}

/** An empty list is left out of the response, as in JSON for protobuf. */
function unlessEmpty(answer: Readonly<Record<string, readonly object[]>>): object {
  return Object.fromEntries(Object.entries(answer).filter(([, elements]) => elements.length > 0))
}

import type { Operation } from '../operations.js'
import { RestCaller, type RestAnswer } from '../rest-caller.js'
import type { Client, ExpectedReport, Outcome, Session, Target } from './client.js'

/**
 * No client at all: plain requests, as the REST reference writes them. It is no witness of its own, but the one whose
 * answers need no translation, and the one that needs nothing to be installed.
 */
export const rest: Client = {
  name: 'plain REST',
  install: () =>
    Promise.resolve({
      version: process.version,
      open: (target: Target) => Promise.resolve(sessionOf(target)),
      close: () => Promise.resolve(),
    }),
  reports: ({ status, code, message }): ExpectedReport => ({
    status,
    ...(code === undefined ? {} : { code: JSON.stringify(code) }),
    ...(message === undefined ? {} : { text: message }),
  }),
  retries: () => false,
}

function sessionOf(target: Target): Session {
  const caller = new RestCaller(target)
  return {
    async call(operation) {
      const { method, path, fields } = requestOf(operation)
      const headers: Record<string, string> =
        target.workspaceId === undefined ? {} : { 'x-databricks-workspace-id': target.workspaceId }
      const answer = await (method === 'GET'
        ? caller.send(method, path, { query: fields, headers })
        : caller.send(method, path, { body: JSON.stringify(fields), headers }))
      return outcomeOf(operation, answer)
    },
    close: () => Promise.resolve(),
  }
}

interface Request {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly fields: Record<string, string>
}

const SECRETS = '/api/2.0/secrets'

function requestOf({ do: name, ...given }: Operation): Request {
  const get = (path: string, fields = given as Record<string, string>): Request => ({
    method: 'GET',
    path,
    fields,
  })
  const post = (path: string, fields: object = given): Request => ({
    method: 'POST',
    path,
    fields: fields as Record<string, string>,
  })
  const operation = { do: name, ...given } as Operation
  switch (operation.do) {
    case 'createScope': {
      const { scope, initialManagePrincipal, keyVault } = operation
      return post(`${SECRETS}/scopes/create`, {
        scope,
        ...(initialManagePrincipal === undefined ? {} : { initial_manage_principal: initialManagePrincipal }),
        ...(keyVault === undefined
          ? {}
          : {
              scope_backend_type: 'AZURE_KEYVAULT',
              backend_azure_keyvault: { resource_id: keyVault.resourceId, dns_name: keyVault.dnsName },
            }),
      })
    }
    case 'listScopes':
      return get(`${SECRETS}/scopes/list`)
    case 'deleteScope':
      return post(`${SECRETS}/scopes/delete`)
    case 'putString':
      return post(`${SECRETS}/put`, {
        scope: operation.scope,
        key: operation.key,
        string_value: operation.value,
      })
    case 'putBytes':
      return post(`${SECRETS}/put`, {
        scope: operation.scope,
        key: operation.key,
        bytes_value: operation.base64,
      })
    case 'putBoth':
      return post(`${SECRETS}/put`, { ...given, string_value: 'fake', bytes_value: 'ZmFrZQ==' })
    case 'putNeither':
      return post(`${SECRETS}/put`)
    case 'deleteSecret':
      return post(`${SECRETS}/delete`)
    case 'listSecrets':
      return get(`${SECRETS}/list`)
    case 'getSecret':
      return get(`${SECRETS}/get`)
    case 'putAcl':
      return post(`${SECRETS}/acls/put`)
    case 'deleteAcl':
      return post(`${SECRETS}/acls/delete`)
    case 'getAcl':
      return get(`${SECRETS}/acls/get`)
    case 'listAcls':
      return get(`${SECRETS}/acls/list`)
    case 'whoAmI':
      return get('/api/2.0/preview/scim/v2/Me')
  }
}

interface Scope {
  readonly name: string
  readonly backend_type: string
  readonly keyvault_metadata?: { readonly dns_name: string }
}

function outcomeOf(operation: Operation, { status, json, text }: RestAnswer): Outcome {
  if (status !== 200) {
    const { error_code: code, message } = (json ?? {}) as { error_code?: unknown; message?: string }
    return {
      error: { status, text: message ?? text, ...(code === undefined ? {} : { code: JSON.stringify(code) }) },
    }
  }
  const body = json as Record<string, never>
  switch (operation.do) {
    case 'listScopes': {
      const { scopes = [] } = body as { scopes?: Scope[] }
      return {
        answer: scopes.map(({ name, backend_type: backend, keyvault_metadata: vault }) => ({
          name,
          backend,
          ...(vault === undefined ? {} : { vault: vault.dns_name }),
        })),
      }
    }
    case 'listSecrets': {
      const { secrets = [] } = body as { secrets?: { key: string; last_updated_timestamp: number }[] }
      return { answer: secrets.map(({ key, last_updated_timestamp: lastUpdated }) => ({ key, lastUpdated })) }
    }
    case 'getSecret':
      return { answer: { key: body['key'], base64: body['value'] } }
    case 'getAcl':
      return { answer: body }
    case 'listAcls':
      return { answer: body['items'] }
    case 'whoAmI':
      return { answer: { name: body['userName'] } }
    default:
      return { answer: null }
  }
}

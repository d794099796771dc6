import type { DescribedSecret, ListedGrant, Operation } from '../operations.js'
import { RestCaller, type RestAnswer } from '../rest-caller.js'
import { catalogBodyOf, fullNameOf } from './catalog-body.js'
import {
  callerOf,
  catalogSecretOf,
  grantsOf,
  scopesOf,
  secretsOf,
  type WireCatalogSecret,
  type WireScope,
  type WireSecret,
} from './listing.js'
import { isConsumerOperation, readByRest, RestRefusal } from './rest-consumers.js'
import { signInByRest } from './rest-sign-in.js'
import type { Client, ExpectedError, Outcome, Session, Target } from './client.js'

/**
 * No client at all: plain requests, as the REST reference writes them. It is no witness of its own, but the one whose
 * answers need no translation, and the one that needs nothing to be installed.
 */
export const rest: Client = {
  name: 'plain REST',
  install: () =>
    Promise.resolve({
      // Not of the local Node: it is no client, and the table should be the same everywhere.
      version: 'fetch',
      open: (target: Target) => Promise.resolve(sessionOf(target)),
      close: () => Promise.resolve(),
    }),
  // A bundle is many requests.
  cannotSay: { operations: ['deployBundle'], cases: [] },
  errorFor: ({ status, code, message, body = message }): ExpectedError => ({
    status,
    ...(code === undefined ? {} : { code: JSON.stringify(code) }),
    ...(body === undefined ? {} : { text: body }),
  }),
  errorForSignIn: ({ status, error, description }) => ({ status, code: error, text: description }),
  // It follows no redirect, and one has no body.
  errorForLoginPage: { status: 303, text: 'status 303' },
  retries: () => false,
}

function sessionOf(target: Target): Session {
  return {
    async call(operation) {
      if (operation.do === 'deployBundle') return undefined
      const signedIn = target.signIn === undefined ? target : await signInByRest(target.url, target.signIn)
      if ('refusal' in signedIn) {
        const { status, error: code, description: text } = signedIn.refusal
        return { error: { status, code, text } }
      }
      const caller = new RestCaller({ url: target.url, token: signedIn.token })
      if (isConsumerOperation(operation)) {
        try {
          return { answer: await readByRest(operation, caller) }
        } catch (error) {
          if (error instanceof RestRefusal) return outcomeOf(operation, error.answer)
          throw error
        }
      }
      const { method, path, fields } = requestOf(operation)
      const headers: Record<string, string> =
        target.workspaceId === undefined ? {} : { 'x-databricks-workspace-id': target.workspaceId }
      const answer = await (method === 'GET' || method === 'DELETE'
        ? caller.send(method, path, { query: fields as Record<string, string>, headers })
        : caller.send(method, path, {
            body: operation.do === 'putNotJson' ? '{' : JSON.stringify(fields),
            headers,
          }))
      return operation.do === 'listCatalogSecrets' && answer.status === 200
        ? {
            answer: await allPages(answer, (token) =>
              caller.send('GET', path, {
                query: { ...(fields as Record<string, string>), page_token: token },
                headers,
              }),
            ),
          }
        : outcomeOf(operation, answer)
    },
    close: () => Promise.resolve(),
  }
}

/** The secrets of this page and of all that follow it; every answer has to be a success. */
async function allPages(
  first: RestAnswer,
  next: (token: string) => Promise<RestAnswer>,
): Promise<DescribedSecret[]> {
  const found: DescribedSecret[] = []
  for (let page = first; ;) {
    const { secrets = [], next_page_token: token } = page.json as {
      secrets?: WireCatalogSecret[]
      next_page_token?: string
    }
    found.push(...secrets.map(catalogSecretOf))
    if (token === undefined || token === '') return found
    page = await next(token)
  }
}

interface Request {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  readonly path: string
  /** Of the query of a GET or a DELETE, else of the body. */
  readonly fields: Record<string, unknown>
}

const SECRETS = '/api/2.0/secrets'
const CATALOG = '/api/2.1/unity-catalog'

/** An operation that is one request, or a list of pages. */
type PlainOperation = Exclude<
  Operation,
  { do: 'deployBundle' | 'listConsumers' | 'getConsumer' | 'getWarehousesConfig' }
>

function requestOf({ do: name, ...given }: PlainOperation): Request {
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
  const operation = { do: name, ...given } as PlainOperation
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
    case 'putNotBase64':
      return post(`${SECRETS}/put`, { ...given, bytes_value: 'not base64!' })
    case 'putNeither':
    case 'putNotJson':
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
    default:
      return catalogRequestOf(operation)
  }
}

type CatalogOperation = Extract<
  Operation,
  { do: `${string}CatalogSecret${string}` | 'getSchema' | 'changeGrants' | 'listGrants' }
>

function catalogRequestOf(operation: CatalogOperation): Request {
  switch (operation.do) {
    case 'createCatalogSecret':
      return { method: 'POST', path: `${CATALOG}/secrets`, fields: catalogBodyOf(operation) }
    case 'updateCatalogSecret':
      return {
        method: 'PATCH',
        path: `${pathOf(operation)}?update_mask=value`,
        fields: catalogBodyOf(operation),
      }
    case 'deleteCatalogSecret':
      return { method: 'DELETE', path: pathOf(operation), fields: {} }
    case 'getCatalogSecret':
      return { method: 'GET', path: pathOf(operation), fields: {} }
    case 'readCatalogSecret':
      return { method: 'GET', path: pathOf(operation), fields: { include_value: 'true' } }
    case 'listCatalogSecrets': {
      const [catalog, schema] = operation.schema.split('.')
      const fields = { catalog_name: catalog, schema_name: schema }
      return { method: 'GET', path: `${CATALOG}/secrets`, fields }
    }
    case 'getSchema':
      return { method: 'GET', path: `${CATALOG}/schemas/${operation.schema}`, fields: {} }
    case 'changeGrants': {
      const { on, principal, add } = operation
      const fields = { changes: [{ principal, add }] }
      return { method: 'PATCH', path: `${CATALOG}/permissions/${on.type}/${on.fullName}`, fields }
    }
    case 'listGrants': {
      const { type, fullName } = operation.on
      return { method: 'GET', path: `${CATALOG}/permissions/${type}/${fullName}`, fields: {} }
    }
  }
}

function pathOf(operation: { readonly schema: string; readonly name: string }): string {
  return `${CATALOG}/secrets/${encodeURIComponent(fullNameOf(operation))}`
}

function outcomeOf(operation: Operation, { status, json, text }: RestAnswer): Outcome {
  if (status !== 200) {
    const { error_code: code, message } = (json ?? {}) as { error_code?: unknown; message?: string }
    return {
      error: {
        status,
        text: message ?? (text || `status ${status}`),
        ...(code === undefined ? {} : { code: JSON.stringify(code) }),
      },
    }
  }
  const body = json as Record<string, never>
  switch (operation.do) {
    case 'listScopes':
      return { answer: scopesOf((body as { scopes?: WireScope[] }).scopes) }
    case 'listSecrets':
      return { answer: secretsOf((body as { secrets?: WireSecret[] }).secrets) }
    case 'getSecret':
      return { answer: { key: body['key'], base64: body['value'] } }
    case 'getAcl':
      return { answer: body }
    case 'listAcls':
      return { answer: body['items'] }
    case 'whoAmI':
      return { answer: callerOf(body) }
    case 'getCatalogSecret':
      return { answer: catalogSecretOf(body as unknown as WireCatalogSecret) }
    case 'readCatalogSecret':
      return { answer: { value: body['effective_value'] } }
    case 'getSchema':
      return { answer: { fullName: body['full_name'], owner: body['owner'] } }
    case 'listGrants':
      return { answer: grantsOf((body as { privilege_assignments?: ListedGrant[] }).privilege_assignments) }
    default:
      return { answer: null }
  }
}

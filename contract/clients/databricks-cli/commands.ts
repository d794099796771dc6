import type { ListedKind, Operation, SingleKind } from '../../operations.js'
import { catalogBodyOf, fullNameOf } from '../catalog-body.js'

/** What a person types. */
export interface Command {
  readonly args: readonly string[]
  /** The body of the request, for what has no flag of its own: it goes into a file, given as `--json @FILE`. */
  readonly json?: object
  /** The file of a bundle, and what its variables are; the command is then run beside it. */
  readonly bundle?: { readonly file: object; readonly variables: Readonly<Record<string, string>> }
  /** What comes by standard input. */
  readonly input?: Buffer
}

/** The longest argument that Linux takes is 131,072 bytes with its end, so a value of that size does not fit in one. */
const LONGEST_VALUE = 100_000

/** The commands that list, and their flag for the size of a page. */
const LISTS: Readonly<Record<ListedKind, { args: readonly string[]; size?: string }>> = {
  clusters: { args: ['clusters', 'list'], size: '--page-size' },
  jobs: { args: ['jobs', 'list', '--expand-tasks'], size: '--page-size' },
  clusterPolicies: { args: ['cluster-policies', 'list'] },
  pipelines: { args: ['pipelines', 'list-pipelines'], size: '--max-results' },
  servingEndpoints: { args: ['serving-endpoints', 'list'] },
  apps: { args: ['apps', 'list'], size: '--page-size' },
}

/** The groups of the commands that read one. */
const GROUPS: Readonly<Record<SingleKind, string>> = {
  jobs: 'jobs',
  pipelines: 'pipelines',
  servingEndpoints: 'serving-endpoints',
}

/**
 * How an operation is said to the CLI; undefined where it cannot be. Flags end with `--` where what follows is somebody's
 * text.
 */
export function commandOf(operation: Operation): Command | undefined {
  switch (operation.do) {
    case 'createScope': {
      const { scope, initialManagePrincipal: principal, keyVault } = operation
      if (keyVault !== undefined) {
        return secrets('create-scope', {
          json: {
            scope,
            scope_backend_type: 'AZURE_KEYVAULT',
            backend_azure_keyvault: { resource_id: keyVault.resourceId, dns_name: keyVault.dnsName },
            ...(principal === undefined ? {} : { initial_manage_principal: principal }),
          },
        })
      }
      const flags = principal === undefined ? [] : [`--initial-manage-principal=${principal}`]
      return secrets('create-scope', {}, ...flags, '--', scope)
    }
    case 'listScopes':
      return secrets('list-scopes')
    case 'deleteScope':
      return secrets('delete-scope', {}, '--', operation.scope)
    case 'putString': {
      const { scope, key, value } = operation
      return Buffer.byteLength(value) > LONGEST_VALUE
        ? secrets('put-secret', { json: { scope, key, string_value: value } })
        : secrets('put-secret', {}, `--string-value=${value}`, '--', scope, key)
    }
    // Not by `--bytes-value`: it means the bytes themselves, not base64, and no argument can hold a zero byte.
    case 'putBytes': {
      const input = Buffer.from(operation.base64, 'base64')
      return secrets('put-secret', { input }, '--', operation.scope, operation.key)
    }
    case 'putBoth': {
      const { scope, key } = operation
      return secrets('put-secret', { json: { scope, key, string_value: 'fake', bytes_value: 'ZmFrZQ==' } })
    }
    case 'putNotBase64': {
      const { scope, key } = operation
      return secrets('put-secret', { json: { scope, key, bytes_value: 'not base64!' } })
    }
    case 'putNotJson':
      return undefined
    case 'putNeither':
      return secrets('put-secret', { json: { scope: operation.scope, key: operation.key } })
    case 'deleteSecret':
      return secrets('delete-secret', {}, '--', operation.scope, operation.key)
    case 'getSecret':
      return secrets('get-secret', {}, '--', operation.scope, operation.key)
    case 'listSecrets':
      return secrets('list-secrets', {}, '--', operation.scope)
    case 'putAcl':
      return secrets('put-acl', {}, '--', operation.scope, operation.principal, operation.permission)
    case 'deleteAcl':
      return secrets('delete-acl', {}, '--', operation.scope, operation.principal)
    case 'getAcl':
      return secrets('get-acl', {}, '--', operation.scope, operation.principal)
    case 'listAcls':
      return secrets('list-acls', {}, '--', operation.scope)
    case 'whoAmI':
      return { args: ['current-user', 'me', '--output=json'] }
    case 'listConsumers': {
      const { kind, pageSize, sources } = operation
      const { args, size } = LISTS[kind]
      return {
        args: [
          ...args,
          '--output=json',
          ...(pageSize === undefined || size === undefined ? [] : [`${size}=${pageSize}`]),
          ...(sources === undefined ? [] : [`--cluster-sources=${sources.join(',')}`]),
        ],
      }
    }
    case 'getConsumer':
      return { args: [GROUPS[operation.kind], 'get', '--output=json', '--', operation.id] }
    case 'getWarehousesConfig':
      return { args: ['warehouses', 'get-workspace-warehouse-config', '--output=json'] }
    case 'createCatalogSecret':
      return { args: ['secrets-uc', 'create-secret', '--output=json'], json: catalogBodyOf(operation) }
    case 'updateCatalogSecret':
      return {
        args: ['secrets-uc', 'update-secret', '--output=json', fullNameOf(operation), 'value'],
        json: catalogBodyOf(operation),
      }
    case 'deleteCatalogSecret':
      return { args: ['secrets-uc', 'delete-secret', '--output=json', '--', fullNameOf(operation)] }
    case 'getCatalogSecret':
      return { args: ['secrets-uc', 'get-secret', '--output=json', '--', fullNameOf(operation)] }
    // Its own command for it does not ask for the value.
    case 'readCatalogSecret': {
      const path = `/api/2.1/unity-catalog/secrets/${fullNameOf(operation)}?include_value=true`
      return { args: ['api', 'get', path, '--output=json'] }
    }
    case 'listCatalogSecrets': {
      const [catalog = '', schema = ''] = operation.schema.split('.')
      const where = [`--catalog-name=${catalog}`, `--schema-name=${schema}`]
      return { args: ['secrets-uc', 'list-secrets', '--output=json', ...where] }
    }
    case 'getSchema':
      return { args: ['schemas', 'get', '--output=json', '--', operation.schema] }
    case 'changeGrants': {
      const { on, principal, add } = operation
      return {
        args: ['grants', 'update', '--output=json', on.type, on.fullName],
        json: { changes: [{ principal, add }] },
      }
    }
    case 'deployBundle': {
      const { value, ...rest } = operation
      const body = {
        ...rest,
        do: 'createCatalogSecret',
        comment: 'of a bundle',
        value: '${var.value}',
      } as const
      const grants = [{ principal: operation.reader, privileges: ['READ_SECRET'] }]
      const bundle = {
        // Without Terraform, which it would have to download.
        bundle: { name: 'contract', engine: 'direct' },
        // It refuses values in this file.
        variables: { value: {} },
        resources: { secrets: { secret: { ...catalogBodyOf(body), grants } } },
      }
      return { args: ['bundle', 'deploy'], bundle: { file: bundle, variables: { value } } }
    }
    case 'listGrants': {
      const { type, fullName } = operation.on
      return { args: ['grants', 'get', '--output=json', '--', type, fullName] }
    }
  }
}

function secrets(command: string, more: Omit<Command, 'args'> = {}, ...args: string[]): Command {
  return { args: ['secrets', command, '--output=json', ...args], ...more }
}

import type { Answers, ListedGrant, Operation } from '../../operations.js'
import {
  callerOf,
  catalogSecretOf,
  grantsOf,
  scopesOf,
  secretsOf,
  type WireCatalogSecret,
  type WireScope,
  type WireSecret,
} from '../listing.js'

/**
 * Reads what the CLI printed.
 *
 * @throws Error when it is not the JSON that was asked for, or when there is some where none is due
 */
export function answerOf(operation: Operation, stdout: string): Answers[keyof Answers] | null {
  switch (operation.do) {
    case 'listScopes':
      return scopesOf(read(stdout) as WireScope[])
    case 'listSecrets':
      return secretsOf(read(stdout) as WireSecret[])
    case 'getSecret': {
      const { key, value } = read(stdout) as { key: string; value: string }
      return { key, base64: value }
    }
    case 'getAcl':
      return read(stdout) as Answers['getAcl']
    case 'listAcls':
      return read(stdout) as Answers['listAcls']
    case 'whoAmI':
      return callerOf(read(stdout) as object)
    case 'listConsumers':
      return (read(stdout) ?? []) as Answers['listConsumers']
    case 'getConsumer':
    case 'getWarehousesConfig':
      return read(stdout) as Answers['getConsumer']
    case 'getCatalogSecret':
      return catalogSecretOf(read(stdout) as WireCatalogSecret)
    case 'readCatalogSecret':
      return { value: (read(stdout) as { effective_value: string }).effective_value }
    case 'listCatalogSecrets':
      return ((read(stdout) ?? []) as WireCatalogSecret[]).map(catalogSecretOf)
    case 'getSchema': {
      const { full_name: fullName, owner } = read(stdout) as { full_name: string; owner: string }
      return { fullName, owner }
    }
    case 'listGrants':
      return grantsOf((read(stdout) as { privilege_assignments?: ListedGrant[] }).privilege_assignments)
    // These print what they have written.
    case 'createCatalogSecret':
    case 'updateCatalogSecret':
    case 'changeGrants':
      read(stdout)
      return null
    // It tells people how far it is.
    case 'deployBundle':
      return null
    default:
      if (stdout.trim() !== '') throw new Error(`The CLI printed something in ${operation.do}: ${stdout}`)
      return null
  }
}

function read(stdout: string): unknown {
  try {
    return JSON.parse(stdout)
  } catch (cause) {
    throw new Error('The CLI printed what is no JSON.', { cause })
  }
}

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Operation } from '../../operations.js'

/** What a user types after `databricks secrets`, and what has to be there for it. */
export interface Command {
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
  /** Removes what the command needed. */
  clean(): Promise<void>
}

/** The longest argument that Linux takes, without the zero byte at its end (MAX_ARG_STRLEN, execve(2)). */
const MAX_ARGUMENT_BYTES = 131_071

/** The line that the editor's text has to keep (databricks_cli/secrets/cli.py); what is below it is not read. */
const DASHES = `# ${'-'.repeat(70)}\n`

/** The command for an operation; undefined where there is none. Files that it needs are made in a folder below `home`. */
export async function commandOf(operation: Operation, home: string): Promise<Command | undefined> {
  if (operation.do === 'putBytes') {
    return put(operation, home, Buffer.from(operation.base64, 'base64'), (file) => ({
      args: ['--binary-file', file],
    }))
  }
  if (operation.do === 'putString' && Buffer.byteLength(operation.value) > MAX_ARGUMENT_BYTES) {
    // Too long for a command line, so it goes the third way that `put` has: an editor.
    return put(operation, home, `${operation.value}\n${DASHES}`, (file) => ({
      env: { EDITOR: `cp '${file}'` },
    }))
  }
  const args = argumentsOf(operation)
  return args === undefined ? undefined : { args, env: {}, clean: () => Promise.resolve() }
}

async function put(
  { scope, key }: { readonly scope: string; readonly key: string },
  home: string,
  content: Buffer | string,
  how: (file: string) => { args?: readonly string[]; env?: NodeJS.ProcessEnv },
): Promise<Command> {
  const folder = await mkdtemp(path.join(home, 'value-'))
  const file = path.join(folder, 'value')
  await writeFile(file, content, { mode: 0o600 })
  const { args = [], env = {} } = how(file)
  return {
    args: ['put', '--scope', scope, '--key', key, ...args],
    env,
    clean: () => rm(folder, { recursive: true, force: true }),
  }
}

/** databricks_cli/secrets/cli.py */
function argumentsOf(operation: Operation): readonly string[] | undefined {
  switch (operation.do) {
    case 'createScope': {
      const { scope, initialManagePrincipal, keyVault } = operation
      return [
        'create-scope',
        ...['--scope', scope],
        ...(initialManagePrincipal === undefined
          ? []
          : ['--initial-manage-principal', initialManagePrincipal]),
        ...(keyVault === undefined ? [] : ['--scope-backend-type', 'AZURE_KEYVAULT']),
        ...(keyVault === undefined ? [] : ['--resource-id', keyVault.resourceId]),
        ...(keyVault === undefined ? [] : ['--dns-name', keyVault.dnsName]),
      ]
    }
    case 'listScopes':
      return ['list-scopes', '--output', 'JSON']
    case 'deleteScope':
      return ['delete-scope', '--scope', operation.scope]
    case 'putString':
      return ['put', '--scope', operation.scope, '--key', operation.key, '--string-value', operation.value]
    case 'deleteSecret':
      return ['delete', '--scope', operation.scope, '--key', operation.key]
    case 'listSecrets':
      return ['list', '--scope', operation.scope, '--output', 'JSON']
    case 'putAcl': {
      const { scope, principal, permission } = operation
      // It knows the permissions, and refuses any other on its own.
      if (!['MANAGE', 'WRITE', 'READ'].includes(permission)) return undefined
      return ['put-acl', '--scope', scope, '--principal', principal, '--permission', permission]
    }
    case 'deleteAcl':
      return ['delete-acl', '--scope', operation.scope, '--principal', operation.principal]
    case 'getAcl':
      return ['get-acl', '--scope', operation.scope, '--principal', operation.principal, '--output', 'JSON']
    case 'listAcls':
      return ['list-acls', '--scope', operation.scope, '--output', 'JSON']
    // `cannotSay` in client.ts says why.
    case 'putBoth':
    case 'putNeither':
    case 'putNotBase64':
    case 'putNotJson':
    case 'putBytes':
    case 'getSecret':
    case 'whoAmI':
    case 'createCatalogSecret':
    case 'updateCatalogSecret':
    case 'deleteCatalogSecret':
    case 'getCatalogSecret':
    case 'readCatalogSecret':
    case 'listCatalogSecrets':
    case 'getSchema':
    case 'changeGrants':
    case 'listGrants':
    case 'deployBundle':
    case 'listConsumers':
    case 'getConsumer':
    case 'getWarehousesConfig':
      return undefined
  }
}

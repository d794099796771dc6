import { isDenied, isSecretMissing } from '../databricks/catalog-secrets-api.js'
import { WorkspaceError } from '../databricks/workspace-error.js'
import { grantsToCreate, partsOf } from './schema.js'
import { SyncError } from './sync-error.js'

/** Reads the name of the identity of this run, or undefined. Throws nothing. */
type GetIdentity = () => Promise<string | undefined>

/**
 * Messages of Databricks that are about the network, the token or the workspace. `report/advice.ts` says what to do about
 * them, whatever the call is.
 */
const NOT_ABOUT_CATALOGS = /IP ACL|access to Org|required scopes|User not authorized/

/**
 * Converts a refusal to read a schema or the list of its secrets into a {@link SyncError} if its cause is known. Returns any
 * other error unchanged. The exact codes for secrets are not documented.
 *
 * @param call What was refused. If it is the list, the schema itself could be read.
 * @param name `catalog.schema`.
 */
export async function explainReadRefusal(
  error: unknown,
  call: 'schema' | 'secrets',
  name: string,
  getIdentity: GetIdentity,
): Promise<unknown> {
  if (!isOfCatalog(error)) return error
  const { errorCode = '', serverMessage = '' } = error.details
  const { catalog } = partsOf(name)
  if (/not accessible in (?:the )?current workspace/i.test(serverMessage)) return notBound(catalog)
  if (errorCode === 'UC_SECRETS_NOT_ENABLED' || serverMessage.includes('UC_SECRETS_NOT_ENABLED'))
    return secretsOff()
  if (errorCode === 'FEATURE_DISABLED' || errorCode === 'ENDPOINT_NOT_FOUND')
    return call === 'schema' ? noUnityCatalog() : secretsOff()
  if (/Unity Catalog is not enabled/i.test(serverMessage)) return noUnityCatalog()
  const isMissing = /^(?:CATALOG|SCHEMA|RESOURCE)_DOES_NOT_EXIST$/.test(errorCode)
  if (!isMissing && !isDenied(error)) return error
  const needsGrants = { grants: grantsToCreate(name), identity: await getIdentity() }
  if (isDenied(error)) return new SyncError('permission-denied', mayNotUse(name), { needsGrants })
  return new SyncError(
    'schema-not-found',
    errorCode === 'CATALOG_DOES_NOT_EXIST' ? noCatalog(catalog) : noSchema(name),
    { needsGrants },
  )
}

/**
 * Converts a refusal to update a secret into a {@link SyncError} that names its owner. Returns any other error unchanged.
 *
 * @param getOwner Reads the name of its owner, or undefined. Throws nothing.
 */
export async function explainUpdateRefusal(
  error: unknown,
  { schema, key, isListed }: { readonly schema: string; readonly key: string; readonly isListed: boolean },
  getOwner: () => Promise<string | undefined>,
  getIdentity: GetIdentity,
): Promise<unknown> {
  const isHidden = !isListed && isSecretMissing(error)
  if (!isOfCatalog(error) || !(isDenied(error) || isHidden)) return error
  if (/read-only/i.test(error.details.serverMessage ?? '')) return error
  const [owner, identity] = await Promise.all([getOwner(), getIdentity()])
  const isOwnedBy =
    owner === undefined ? 'The workspace does not show its owner to this run.' : `Its owner is "${owner}".`
  const what = isListed
    ? 'This run has no permission to update the secret.'
    : 'This secret exists, but the list does not show it to this run, and this run has no permission to update it.'
  return new SyncError(
    'unseen-secret',
    `${what} ${isOwnedBy} Ask its owner to transfer it to a group that contains the identity of this run, or to grant WRITE SECRET`,
    {
      untrusted: owner === undefined ? [] : [owner],
      needsGrants: {
        grants: [{ type: 'secret', name: `${schema}.${key}`, privileges: 'WRITE SECRET' }],
        identity,
      },
    },
  )
}

/** Whether Unity Catalog itself refused the request, and not a gateway, the network or the sign-in. */
function isOfCatalog(error: unknown): error is WorkspaceError {
  return (
    error instanceof WorkspaceError &&
    error.failure === 'error-response' &&
    error.details.isJson === true &&
    !error.isTokenRejected &&
    !NOT_ABOUT_CATALOGS.test(error.details.serverMessage ?? '')
  )
}

const ASK = 'ask the owners of the catalog and the schema to grant these privileges'

function noCatalog(catalog: string): string {
  return (
    `The catalog "${catalog}" does not exist in this workspace, or this run has no access to it. Correct the input schema, or ` +
    ASK
  )
}

function noSchema(name: string): string {
  return (
    `The schema "${name}" does not exist, or this run has no access to it. The action creates no schemas. Create it, correct ` +
    `the input schema, or ${ASK}`
  )
}

function mayNotUse(name: string): string {
  return `This run has no access to the schema "${name}". If its name is right, ${ASK}`
}

function notBound(catalog: string): SyncError {
  return new SyncError(
    'catalog-binding',
    `The catalog "${catalog}" is not bound to this workspace. No grant helps. Ask a metastore admin or the owner of the ` +
      'catalog to bind it to this workspace, or run with another host.',
  )
}

function secretsOff(): SyncError {
  return new SyncError(
    'unity-catalog-secrets-off',
    'Unity Catalog secrets are not enabled in this workspace. Ask a workspace admin to enable them, or write to a secret ' +
      'scope with the input scope.',
  )
}

function noUnityCatalog(): SyncError {
  return new SyncError(
    'no-unity-catalog',
    'This workspace has no Unity Catalog, so it has no schemas. Write to a secret scope with the input scope, or use another ' +
      'workspace.',
  )
}

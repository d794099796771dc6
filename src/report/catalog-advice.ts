import type { WorkspaceError } from '../databricks/workspace-error.js'
import type { Redactor } from '../secrets/masks/redactor.js'
import { grantsToCreate } from '../stores/schema.js'
import type { SqlGrant } from '../stores/sync-error.js'
import type { Explanation } from './explanation.js'
import { grantStatements } from './sql-commands.js'

/** What the advice about a call of Unity Catalog can name. */
interface CatalogContext {
  /** `catalog.schema`. */
  readonly schema: string
  /** The identity of this run, as grants name it; undefined where it is not known. */
  readonly identity: string | undefined
  readonly redactor: Redactor
}

type CatalogAdvice = Pick<Explanation, 'kind' | 'advice' | 'commands'>

/** Whether an error is about a call of Unity Catalog. */
export function isCatalogCall({ details: { call = '' } }: WorkspaceError): boolean {
  return call.startsWith('unity-catalog/')
}

/**
 * Says what to change if Unity Catalog refused a call; undefined where the advice for all calls fits. The exact codes for
 * secrets are not documented, so the message counts, too.
 */
export function catalogAdvice(error: WorkspaceError, context: CatalogContext): CatalogAdvice | undefined {
  const { errorCode = '', serverMessage = '', call = '', status = 0 } = error.details
  const isWrite = /\/(?:create|update|delete)$/.test(call)
  if (isWrite && /in (?:the )?current workspace/i.test(serverMessage)) return BOUND_READ_ONLY
  if (isWrite && (EXTERNAL_CODES.has(errorCode) || EXTERNAL_MESSAGE.test(serverMessage)))
    return EXTERNALLY_MANAGED
  if (call.startsWith('unity-catalog/permissions/'))
    return GRANT_ADVICE.get(errorCode) ?? BY_CODE.get(errorCode)
  if (errorCode === 'PERMISSION_DENIED' || errorCode === 'UNAUTHORIZED_ACCESS') return denied(call, context)
  if (errorCode === 'PRINCIPAL_DOES_NOT_EXIST') return UNKNOWN_OWNER
  if (errorCode === 'INVALID_PARAMETER_VALUE' && isWrite) {
    return /principal/i.test(serverMessage) ? UNKNOWN_OWNER : INVALID
  }
  if (errorCode === 'ENDPOINT_NOT_FOUND') return undefined
  return status === 429 ? undefined : BY_CODE.get(errorCode)
}

/** Whether Unity Catalog is known to use this error code. Any other code is untrusted text. */
export function isCatalogCode(code: string): boolean {
  return BY_CODE.has(code) || OTHER_CODES.has(code)
}

const OTHER_CODES = new Set([
  'PERMISSION_DENIED',
  'UNAUTHORIZED_ACCESS',
  'PRINCIPAL_DOES_NOT_EXIST',
  'FEATURE_DISABLED',
  'UC_SECRETS_NOT_ENABLED',
])

/** Codes of a schema whose secrets are in an external secret manager. */
const EXTERNAL_CODES = new Set(['INVALID_STATE', 'RESOURCE_CONFLICT', 'NOT_IMPLEMENTED'])

const EXTERNAL_MESSAGE =
  /AWS_SECRETS_MANAGER|AZURE_KEY_VAULT|GOOGLE_SECRET_MANAGER|Secrets? Manager|Key Vault|\bexternal/i

const EXTERNALLY_MANAGED: CatalogAdvice = {
  kind: 'external-secrets',
  advice:
    'The secrets of this schema may be in an external secret manager, and are read-only in Databricks. Set another schema in ' +
    'the input schema, or write the secrets to that manager.',
  commands: [],
}

const BOUND_READ_ONLY: CatalogAdvice = {
  kind: 'catalog-binding',
  advice:
    'The catalog may be bound to this workspace read-only, so no grant helps. Ask a metastore admin or the owner of the catalog ' +
    'to bind it for reading and writing, or run with another host.',
  commands: [],
}

const UNKNOWN_OWNER: CatalogAdvice = {
  kind: 'invalid-input',
  advice:
    'Check the input owner: the e-mail of a user, the name of a group, or the application id of a service principal. It must ' +
    'be in this account.',
  commands: [],
}

const INVALID: CatalogAdvice = {
  kind: 'invalid-input',
  advice:
    'Check the name, the value and the comment of this secret. The name of a Unity Catalog secret has no period, slash or space.',
  commands: [],
}

const UNKNOWN_GRANTEE: CatalogAdvice = {
  kind: 'permissions-input',
  advice:
    'Check the principal in the input permissions: the e-mail of a user, the display name of a group, or the application id ' +
    'of a service principal. It must be in the Databricks account: Unity Catalog does not know groups of a workspace.',
  commands: [],
}

const MAY_NOT_GRANT: CatalogAdvice = {
  kind: 'permission-denied',
  advice:
    'Changing these permissions needs MANAGE, or ownership. Ask the owner to grant them, and remove the input permissions.',
  commands: [],
}

/** What to do if a call about grants on a schema or a secret was refused. */
const GRANT_ADVICE = new Map([
  ['PRINCIPAL_DOES_NOT_EXIST', UNKNOWN_GRANTEE],
  ['INVALID_PARAMETER_VALUE', UNKNOWN_GRANTEE],
  ['PERMISSION_DENIED', MAY_NOT_GRANT],
  ['UNAUTHORIZED_ACCESS', MAY_NOT_GRANT],
])

const wasDeleted = (what: string): string =>
  `The ${what} was deleted during this run, or this run has lost its access. Run the job again.`

const BY_CODE = new Map<string, CatalogAdvice>([
  ['CATALOG_DOES_NOT_EXIST', { kind: 'schema-not-found', advice: wasDeleted('catalog'), commands: [] }],
  ['SCHEMA_DOES_NOT_EXIST', { kind: 'schema-not-found', advice: wasDeleted('schema'), commands: [] }],
  [
    'RESOURCE_DOES_NOT_EXIST',
    { kind: 'schema-not-found', advice: wasDeleted('schema or the secret'), commands: [] },
  ],
  ['SECRET_DOES_NOT_EXIST', { kind: 'unseen-secret', advice: wasDeleted('secret'), commands: [] }],
  ...['RESOURCE_ALREADY_EXISTS', 'ALREADY_EXISTS', 'SECRET_ALREADY_EXISTS'].map(
    (code) =>
      [
        code,
        {
          kind: 'unseen-secret',
          advice:
            'This secret exists, but the list does not show it to this run. Run the job again, or ask its owner for access.',
          commands: [],
        },
      ] as const,
  ),
  ...['RESOURCE_LIMIT_EXCEEDED', 'QUOTA_EXCEEDED'].map(
    (code) =>
      [
        code,
        {
          kind: 'quota',
          advice:
            'The schema or the metastore has as many secrets as Databricks allows: delete those that are no longer used, or ' +
            'use another schema.',
          commands: [],
        },
      ] as const,
  ),
  ...['FEATURE_DISABLED', 'UC_SECRETS_NOT_ENABLED'].map(
    (code) =>
      [
        code,
        {
          kind: 'unity-catalog-secrets-off',
          advice:
            'Unity Catalog secrets may not be enabled in this workspace. Ask a workspace admin to enable them, or write to a ' +
            'secret scope with the input scope.',
          commands: [],
        },
      ] as const,
  ),
])

function denied(call: string, { schema, identity, redactor }: CatalogContext): CatalogAdvice {
  const advise = (advice: string, grants: readonly SqlGrant[]): CatalogAdvice => ({
    kind: 'permission-denied',
    advice: `${advice}${grants.length > 0 ? ':' : ''}`,
    commands: grantStatements(grants, identity, redactor),
  })
  switch (call) {
    case 'unity-catalog/secrets/create':
      return advise(
        'Creating a secret needs CREATE SECRET on the schema. Ask the owners of the catalog and the schema to grant these privileges',
        grantsToCreate(schema),
      )
    case 'unity-catalog/secrets/get':
      return advise(
        'Reading a value needs READ SECRET, and to own or manage the secret. Ask the owner to grant it, for one secret or for ' +
          'all of the schema',
        [{ type: 'schema', name: schema, privileges: 'READ SECRET' }],
      )
    case 'unity-catalog/secrets/update':
      return advise(
        'Only the owner of a secret, or a principal with WRITE SECRET, can update it. Ask the owner to grant WRITE SECRET.',
        [],
      )
    case 'unity-catalog/secrets/delete':
      return advise(
        'Only the owner of a secret can delete it. Ask the owner to transfer it to a group that contains the identity of this run.',
        [],
      )
    default:
      return advise(
        'Ask the owners of the catalog and the schema to grant these privileges',
        grantsToCreate(schema),
      )
  }
}

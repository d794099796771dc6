import { apiError } from '../../emulator/reply.js'
import type { SchemaContent } from '../../emulator/unity-catalog.js'
import type { EmulatedWorkspace, WorkspaceOptions } from '../../emulator/workspace.js'
import { against, type Scenario, type Scenarios } from './scenario.js'

const ADA = 'ada@example.com'
const GRACE = 'grace@example.com'
const MAY_CREATE: SchemaContent = { grants: { [ADA]: ['USE_SCHEMA', 'CREATE_SECRET'] } }

/** The setting of a scenario: the schema `main.storage`, and how Unity Catalog is set up. */
interface Setting {
  readonly content?: SchemaContent
  readonly rules?: WorkspaceOptions['unityCatalog']
  readonly prepare?: ((workspace: EmulatedWorkspace) => void) | undefined
}

/** Runs the action against a workspace with the schema `main.storage`. */
function inSchema(
  inputs: Record<string, string> = {},
  { content = MAY_CREATE, rules = {}, prepare = () => undefined }: Setting = {},
): Scenario {
  return async () =>
    await against(
      { unityCatalog: rules },
      (workspace) => {
        workspace.catalogs.createSchema('main.storage', content)
        prepare(workspace)
      },
      { scope: '', schema: 'main.storage', ...inputs },
    )
}

/** A secret of Grace in the schema. */
function ofGrace(privileges: readonly ('READ_SECRET' | 'WRITE_SECRET')[] = []): SchemaContent {
  const secret = { value: 'fake-old', createdBy: GRACE, grants: { [ADA]: privileges } }
  return { ...MAY_CREATE, secrets: { blob: secret } }
}

/** Has the workspace refuse requests with this method to secrets, or to another part of a path. */
function refusing(method: string, code: string, path = '/secrets'): Setting['prepare'] {
  return (workspace) => {
    workspace.intercept((request) =>
      request.method === method && request.path.includes(path) ? apiError(400, code, 'No.') : undefined,
    )
  }
}

function daysAhead(days: number): number {
  return Date.now() + (days + 0.5) * 86_400_000
}

/** Errors in the inputs of a schema. */
export const OF_SCHEMA_INPUTS: Scenarios = {
  'schema: cannot be set together with scope.': inSchema({ scope: 'storage' }),
  'schema: must be catalog.schema': inSchema({ schema: 'storage' }),
  '…: is only for a secret scope.': inSchema({ 'create-scope': 'false' }),
  '…: is only for a schema of Unity Catalog.': inSchema({ schema: '', scope: 'storage', owner: 'data-team' }),
  'the value is larger than 61,440 bytes': inSchema({ secrets: `blob=${'x'.repeat(61_441)}` }),
  'the key contains a period, which Unity Catalog does not allow in the name of a secret.': inSchema({
    secrets: 'a.b=fake-value',
  }),
  'the value is not text in UTF-8, and Unity Catalog secrets hold only text.': inSchema({
    secrets: '',
    'secret-files': `node=${process.execPath}`,
  }),
}

/** Why permissions on a schema cannot be set, and what a run reports of them. */
export const OF_SCHEMA_PERMISSIONS: Scenarios = {
  'The permissions of the schema "…" cannot be read or set by this run: that needs MANAGE on it, or its ownership.':
    inSchema({ permissions: 'auditors=READ SECRET' }),
  'Changing these permissions needs MANAGE, or ownership.': inSchema(
    { permissions: 'auditors=READ SECRET' },
    { content: { owner: ADA }, prepare: refusing('PATCH', 'PERMISSION_DENIED', '/permissions/') },
  ),
  'Unity Catalog does not know groups of a workspace.': inSchema(
    { permissions: 'no-such-team=READ SECRET' },
    { content: { owner: ADA } },
  ),
  'READ is a permission on a scope. On a schema, write READ SECRET': inSchema({
    permissions: 'auditors=READ',
  }),
  'MANAGE on a schema is not set by this action, because it concerns tables and volumes too.': inSchema({
    permissions: 'auditors=MANAGE',
  }),
  'Readers of secrets also need USE CATALOG and USE SCHEMA, which the action does not grant.': inSchema(
    { permissions: 'auditors=READ SECRET' },
    { content: { owner: ADA } },
  ),
  'Also has access to the schema "…", which the input permissions does not change': inSchema(
    { permissions: 'auditors=READ SECRET' },
    { content: { grants: { [ADA]: ['USE_SCHEMA', 'CREATE_SECRET', 'MANAGE'], [GRACE]: ['MANAGE'] } } },
  ),
}

/** Why a schema cannot be written to, and what a run reports of it. */
export const OF_THE_SCHEMA: Scenarios = {
  'Check the input owner: the e-mail of a user, the name of a group': inSchema({ owner: 'no-such-team' }),
  'Check the name, the value and the comment of this secret.': inSchema(
    {},
    { prepare: refusing('POST', 'INVALID_PARAMETER_VALUE') },
  ),
  'The schema "…" does not exist, or this run has no access to it.': inSchema({ schema: 'main.nowhere' }),
  'The catalog "…" does not exist in this workspace, or this run has no access to it.': inSchema({
    schema: 'nowhere.storage',
  }),
  'The schema was deleted during this run, or this run has lost its access.': inSchema(
    {},
    { prepare: refusing('POST', 'SCHEMA_DOES_NOT_EXIST') },
  ),
  'The catalog "…" is not bound to this workspace.': inSchema(
    {},
    { prepare: ({ catalogs }) => (catalogs.catalog('main').bindings = new Map()) },
  ),
  'The catalog may be bound to this workspace read-only': inSchema(
    {},
    {
      prepare: ({ catalogs }) =>
        (catalogs.catalog('main').bindings = new Map([['1234567890123456', 'READ_ONLY']])),
    },
  ),
  'The secrets of this schema may be in an external secret manager': inSchema(
    {},
    { content: { ...MAY_CREATE, externalManager: 'AZURE_KEY_VAULT' } },
  ),
  'Unity Catalog secrets are not enabled in this workspace.': inSchema(
    {},
    { rules: { feature: 'secrets off' } },
  ),
  'Unity Catalog secrets may not be enabled in this workspace.': inSchema(
    {},
    { prepare: refusing('POST', 'UC_SECRETS_NOT_ENABLED') },
  ),
  'This workspace has no Unity Catalog, so it has no schemas.': inSchema({}, { rules: { feature: 'none' } }),
  '… updated, although the list did not show … to this run': inSchema(
    {},
    { content: ofGrace(['WRITE_SECRET']) },
  ),
  '… left alone, and exist… although the list did not show … to this run': inSchema(
    { 'if-exists': 'keep' },
    { content: ofGrace() },
  ),
  '… to create may exist already.': inSchema({ 'dry-run': 'true' }),
  'This secret exists, but the list does not show it to this run, and this run has no permission to update it.':
    inSchema({}, { content: ofGrace() }),
  'This run has no permission to update the secret.': inSchema(
    {},
    { content: { ...ofGrace(), grants: { [ADA]: ['USE_SCHEMA', 'CREATE_SECRET', 'MANAGE'] } } },
  ),
  'Only the owner of a secret can delete it.': inSchema(
    { prune: 'true' },
    {
      content: { owner: ADA, secrets: { old: 'fake-old' } },
      prepare: refusing('DELETE', 'PERMISSION_DENIED'),
    },
  ),
  'prune left alone keys that another principal owns': inSchema(
    { prune: 'true' },
    { content: { owner: ADA, secrets: { hers: { value: 'fake', createdBy: GRACE } } } },
  ),
  'The owner differs from the input owner': inSchema(
    { owner: 'data-team' },
    { content: { owner: ADA, secrets: { blob: 'fake-old' } } },
  ),
  'The comment differs from the input comment': inSchema(
    { comment: 'New', 'if-exists': 'keep' },
    { content: { owner: ADA, secrets: { blob: 'fake-old' } } },
  ),
  'This run has no access to the schema "…".': inSchema(
    {},
    {
      prepare: ({ catalogs }) => {
        catalogs.catalog('main').grants.clear()
      },
    },
  ),
  'Creating a secret needs CREATE SECRET on the schema.': inSchema(
    {},
    { content: { grants: { [ADA]: ['USE_SCHEMA'] } } },
  ),
  'The schema or the metastore has as many secrets as Databricks allows': inSchema(
    {},
    { rules: { maxSecretsInSchema: 0 } },
  ),
  'The value could not be read: … answered without it.': inSchema(
    { verify: 'true' },
    { content: { ...ofGrace(['WRITE_SECRET']), owner: ADA }, rules: { withheldValues: 'left out' } },
  ),
  'These secrets have expired': inSchema(
    {},
    { content: { owner: ADA, secrets: { old: { value: 'fake', expireTime: daysAhead(-3) } } } },
  ),
  '… written, but had expired before': inSchema(
    {},
    { content: { owner: ADA, secrets: { blob: { value: 'fake', expireTime: daysAhead(-3) } } } },
  ),
  'These secrets expire within 14 days': inSchema(
    {},
    { content: { owner: ADA, secrets: { old: { value: 'fake', expireTime: daysAhead(3) } } } },
  ),
}

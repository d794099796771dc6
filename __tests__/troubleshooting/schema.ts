import { apiError } from '../../emulator/reply.js'
import type { SchemaContent } from '../../emulator/unity-catalog.js'
import type { EmulatedWorkspace, WorkspaceOptions } from '../../emulator/workspace.js'
import { against, inOneRun, type Scenario, type Scenarios } from './scenario.js'

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
  ...inOneRun(
    inSchema({ schema: 'storage', 'create-scope': 'false' }),
    'schema: must be catalog.schema',
    '…: is only for a secret scope.',
  ),
  ...inOneRun(
    inSchema({
      secrets: `blob=${'x'.repeat(61_441)}\na.b=fake-value`,
      'secret-files': `node=${process.execPath}`,
    }),
    'the value is larger than 61,440 bytes',
    'the key contains a period, which Unity Catalog does not allow in the name of a secret.',
    'the value is not text in UTF-8, and Unity Catalog secrets hold only text.',
  ),
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
  ...inOneRun(
    inSchema({ permissions: 'auditors=READ\nadmins=MANAGE' }),
    'READ is a permission on a scope. On a schema, write READ SECRET',
    'MANAGE on a schema is not set by this action, because it concerns tables and volumes too.',
  ),
}

/** A schema of Ada, to which Grace has access, with secrets of both. */
const OF_BOTH: SchemaContent = {
  owner: ADA,
  grants: { [GRACE]: ['MANAGE'] },
  secrets: {
    blob: { value: 'fake', expireTime: daysAhead(-3) },
    old: { value: 'fake', createdBy: GRACE, expireTime: daysAhead(-3) },
    soon: { value: 'fake', createdBy: GRACE, expireTime: daysAhead(3) },
  },
}

/** What a run reports of a schema to which it can write. */
export const OF_WRITTEN_SCHEMAS: Scenarios = {
  ...inOneRun(
    inSchema(
      { prune: 'true', owner: 'data-team', permissions: 'auditors=READ SECRET' },
      { content: OF_BOTH },
    ),
    'prune left alone keys that another principal owns',
    'The owner differs from the input owner',
    'Readers of secrets also need USE CATALOG and USE SCHEMA, which the action does not grant.',
    'Also has access to the schema "…", which the input permissions does not change',
    '… written, but had expired before',
    'These secrets have expired',
    'These secrets expire within 14 days',
  ),
  ...inOneRun(
    inSchema(
      { secrets: 'blob=fake-value\nmine=fake-value', comment: 'New', 'if-exists': 'keep' },
      {
        content: {
          ...MAY_CREATE,
          secrets: { ...ofGrace().secrets, mine: { value: 'fake', createdBy: ADA } },
        },
      },
    ),
    '… left alone, and exist… although the list did not show … to this run',
    'The comment differs from the input comment',
  ),
  '… updated, although the list did not show … to this run': inSchema(
    {},
    { content: ofGrace(['WRITE_SECRET']) },
  ),
  '… to create may exist already.': inSchema({ 'dry-run': 'true' }),
}

/** Why a schema cannot be written to. */
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
}

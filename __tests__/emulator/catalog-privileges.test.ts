/** Who may do what with a Unity Catalog secret: `grace` calls, who owns nothing unless a test says so. */
import { expect, test } from '@jest/globals'
import type { CatalogRules } from '../../emulator/catalog-call.js'
import type { Grants, Privilege } from '../../emulator/privileges.js'
import type { CatalogSchema } from '../../emulator/unity-catalog.js'
import type { EmulatedWorkspace } from '../../emulator/workspace.js'
import { catalogCalls, start } from './wire.js'

const GRACE = 'grace@example.com'
const NEW = { catalog_name: 'main', schema_name: 'storage', name: 'new', value: 'fake value' }
const VALUE = { value: 'changed' }

const CALLS = {
  create: ['POST secrets', NEW],
  list: ['GET secrets?catalog_name=main&schema_name=storage', undefined],
  get: ['GET secrets/main.storage.blob', undefined],
  read: ['GET secrets/main.storage.blob?include_value=true', undefined],
  update: ['PATCH secrets/main.storage.blob?update_mask=value', VALUE],
  'change the owner': ['PATCH secrets/main.storage.blob?update_mask=owner', { owner: 'data-team' }],
  'change both': [
    'PATCH secrets/main.storage.blob?update_mask=owner,value',
    { ...VALUE, owner: 'data-team' },
  ],
  grant: [
    'PATCH permissions/secret/main.storage.blob',
    { changes: [{ principal: 'auditors', add: ['READ_SECRET'] }] },
  ],
  'see grants': ['GET permissions/secret/main.storage.blob', undefined],
  'see the schema': ['GET schemas/main.storage', undefined],
  delete: ['DELETE secrets/main.storage.blob', undefined],
} as const
type Call = keyof typeof CALLS
const ALL = Object.keys(CALLS) as Call[]

interface Given {
  readonly onCatalog?: Grants
  readonly onSchema?: Grants
  readonly onSecret?: Grants
  readonly owners?: { readonly catalog?: string; readonly schema?: string; readonly secret?: string }
}

/** A workspace with the secret `main.storage.blob`, which root owns with all above it. */
async function startWith(
  { onCatalog = {}, onSchema = {}, onSecret = {}, owners = {} }: Given,
  rules: CatalogRules = {},
): Promise<{ workspace: EmulatedWorkspace; schema: CatalogSchema }> {
  const root = 'root@example.com'
  const workspace = await start({ unityCatalog: { metastoreAdmins: [], ...rules } })
  workspace.catalogs.createCatalog('main', { owner: owners.catalog ?? root, grants: onCatalog })
  const blob = { value: 'old', createdBy: owners.secret ?? root, grants: onSecret }
  const schema = workspace.catalogs.createSchema('main.storage', {
    owner: owners.schema ?? root,
    grants: onSchema,
    secrets: { blob },
  })
  return { workspace, schema }
}

/** Which calls somebody may make, each in a workspace of its own; of lists, those that have the secret. */
async function allowed(given: Given, rules: CatalogRules = {}, who = 'grace'): Promise<Call[]> {
  const done: Call[] = []
  for (const name of ALL) {
    const { workspace } = await startWith(given, rules)
    const [call, body] = CALLS[name]
    const answer = await catalogCalls(workspace, who)(call, body)
    const isEmptyList = name === 'list' && !JSON.stringify(answer.body).includes('blob')
    if (answer.status === 200 && !isEmptyList) done.push(name)
  }
  return done
}

const USE: Given = {
  onCatalog: { [GRACE]: ['USE_CATALOG'] },
  onSchema: { [GRACE]: ['USE_SCHEMA'] },
}
const withSecret = (...privileges: Privilege[]): Given => ({ ...USE, onSecret: { [GRACE]: privileges } })
const withSchema = (...privileges: Privilege[]): Given => ({
  ...USE,
  onSchema: { [GRACE]: ['USE_SCHEMA', ...privileges] },
})

// What is lost if these fail: an action that lacks a grant, or sees what it may not, passes its tests.
test.each<[string, Given, Call[]]>([
  ['nothing', {}, []],
  ['USE CATALOG and USE SCHEMA', USE, ['see the schema']],
  ['CREATE SECRET', withSchema('CREATE_SECRET'), ['create', 'see the schema']],
  ['READ SECRET', withSecret('READ_SECRET'), ['see the schema']],
  ['WRITE SECRET', withSecret('WRITE_SECRET'), ['update', 'see the schema']],
  ['WRITE SECRET on the schema', withSchema('WRITE_SECRET'), ['update', 'see the schema']],
  ['REFERENCE SECRET', withSecret('REFERENCE_SECRET'), ['see the schema']],
  [
    'MANAGE on the secret',
    withSecret('MANAGE'),
    ['list', 'get', 'change the owner', 'grant', 'see grants', 'see the schema'],
  ],
  [
    'MANAGE and READ SECRET',
    withSecret('MANAGE', 'READ_SECRET'),
    ['list', 'get', 'read', 'change the owner', 'grant', 'see grants', 'see the schema'],
  ],
  [
    'MANAGE and READ SECRET on the schema',
    withSchema('MANAGE', 'READ_SECRET'),
    ['list', 'get', 'read', 'change the owner', 'grant', 'see grants', 'see the schema'],
  ],
  ['ALL PRIVILEGES on the schema', withSchema('ALL_PRIVILEGES'), ['create', 'update', 'see the schema']],
  [
    'every privilege by the catalog',
    { onCatalog: { [GRACE]: ['ALL_PRIVILEGES', 'MANAGE'] } },
    ALL.filter((name) => name !== 'delete' && name !== 'change both'),
  ],
  ['the secret itself', { ...USE, owners: { secret: GRACE } }, ALL.filter((name) => name !== 'create')],
  [
    'the secret itself by a group',
    { ...USE, owners: { secret: 'auditors' } },
    ALL.filter((name) => name !== 'create'),
  ],
  ['the secret itself, but no USE', { owners: { secret: GRACE } }, ['grant', 'see grants']],
  [
    'the schema',
    { onCatalog: { [GRACE]: ['USE_CATALOG'] }, owners: { schema: GRACE } },
    ['create', 'list', 'get', 'change the owner', 'grant', 'see grants', 'see the schema'],
  ],
  [
    'the catalog',
    { owners: { catalog: GRACE } },
    ['list', 'get', 'change the owner', 'grant', 'see grants', 'see the schema'],
  ],
  [
    'CREATE SECRET, but no USE CATALOG',
    { onSchema: { [GRACE]: ['USE_SCHEMA', 'CREATE_SECRET'] } },
    ['see the schema'],
  ],
  ['CREATE SECRET, but no USE SCHEMA', { ...USE, onSchema: { [GRACE]: ['CREATE_SECRET'] } }, []],
])('who has %s may do what that allows', async (_, given, expected) => {
  expect(await allowed(given)).toEqual(expected)
})

test('grants hold for groups, and for everybody in the workspace and in the account', async () => {
  for (const everybody of ['auditors', 'users', 'account users']) {
    const grants: Grants = { [everybody]: ['USE_CATALOG', 'USE_SCHEMA', 'CREATE_SECRET'] }
    expect(await allowed({ onCatalog: grants })).toEqual(['create', 'see the schema'])
  }
})

test('a metastore admin sees all, deletes, and changes an owner alone', async () => {
  const rules = { metastoreAdmins: ['auditors'] }
  const expected = ['list', 'get', 'change the owner', 'grant', 'see grants', 'see the schema', 'delete']
  expect(await allowed({}, rules)).toEqual(expected)
  // A workspace admin is none for that alone.
  expect(await allowed({ owners: { secret: GRACE, schema: GRACE, catalog: GRACE } }, {}, 'root')).toEqual([])
})

test('by default the admins are metastore admins', async () => {
  const { workspace } = await startWith({ owners: { catalog: GRACE, schema: GRACE, secret: GRACE } })
  expect((await catalogCalls(workspace, 'root')('GET secrets/main.storage.blob')).status).toBe(403)
  const other = await start()
  other.catalogs.createCatalog('main', { owner: GRACE })
  other.catalogs.createSchema('main.storage', { owner: GRACE, secrets: { blob: 'v' } })
  expect((await catalogCalls(other, 'root')('GET secrets/main.storage.blob')).status).toBe(200)
})

test('where updates need ownership, WRITE SECRET does nothing', async () => {
  const rules = { updatesNeed: 'ownership' } as const
  expect(await allowed(withSecret('WRITE_SECRET'), rules)).toEqual(['see the schema'])
  expect(await allowed({ ...USE, owners: { secret: GRACE } }, rules)).toContain('update')
})

test('a value without READ SECRET is refused, or left out of the answer', async () => {
  const refusing = await startWith(withSecret('MANAGE'))
  const [read] = CALLS.read
  expect(await catalogCalls(refusing.workspace, 'grace')(read)).toMatchObject({
    status: 403,
    body: {
      error_code: 'PERMISSION_DENIED',
      message: "User does not have READ SECRET on Secret 'main.storage.blob'.",
    },
  })
  const leaving = await startWith(withSecret('MANAGE'), { withheldValues: 'left out' })
  const answer = await catalogCalls(leaving.workspace, 'grace')(read)
  expect(answer).toMatchObject({ status: 200, body: { name: 'blob' } })
  expect(answer.body).not.toHaveProperty('effective_value')
})

test('who has a privilege on a secret is denied what it does not allow, also where others hear of no secret', async () => {
  const rules = { refusals: { secretHidden: { status: 404, code: 'RESOURCE_DOES_NOT_EXIST' } } }
  const statusWith = async (given: Given): Promise<number> => {
    const { workspace } = await startWith(given, rules)
    return (await catalogCalls(workspace, 'grace')(CALLS.get[0])).status
  }
  expect(await statusWith(USE)).toBe(404)
  for (const privilege of ['READ_SECRET', 'WRITE_SECRET', 'REFERENCE_SECRET'] as const) {
    expect(await statusWith(withSecret(privilege))).toBe(403)
  }
})

test('a list without USE SCHEMA is refused, or empty', async () => {
  const [list] = CALLS.list
  const given = { owners: { secret: GRACE } }
  const refusing = await startWith(given)
  expect(await catalogCalls(refusing.workspace, 'grace')(list)).toMatchObject({
    status: 403,
    body: { error_code: 'PERMISSION_DENIED', message: "User does not have USE CATALOG on Catalog 'main'." },
  })
  const empty = await startWith(given, { listsWithoutUse: 'empty' })
  expect((await catalogCalls(empty.workspace, 'grace')(list)).body).toEqual({})
})

// What is lost if this fails: a create that meets a secret of somebody else is never tried.
test('a secret that the list does not show is met by a create', async () => {
  const { workspace, schema } = await startWith(withSchema('CREATE_SECRET'))
  const call = catalogCalls(workspace, 'grace')
  expect((await call(CALLS.list[0])).body).toEqual({})
  expect(await call('POST secrets', { ...NEW, name: 'BLOB' })).toMatchObject({
    status: 409,
    body: { error_code: 'RESOURCE_ALREADY_EXISTS' },
  })
  expect(schema.secret('blob')?.value).toBe('old')
})

test('who creates a secret owns it, and hands it over by naming another owner', async () => {
  const { workspace } = await startWith(withSchema('CREATE_SECRET'))
  const call = catalogCalls(workspace, 'grace')
  await call('POST secrets', NEW)
  await call('POST secrets', { ...NEW, name: 'handed-over', owner: 'data-team' })
  expect((await call(CALLS.list[0])).body).toMatchObject({ secrets: [{ name: 'new', owner: GRACE }] })
  expect((await call('GET secrets/main.storage.handed-over')).status).toBe(403)
  expect((await call('DELETE secrets/main.storage.new')).status).toBe(200)
})

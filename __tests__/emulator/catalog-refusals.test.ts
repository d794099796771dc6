/** What Unity Catalog refuses as such, in each form that such a refusal may have. */
import { expect, test } from '@jest/globals'
import type { CatalogRules } from '../../emulator/catalog-call.js'
import {
  CATALOG_REFUSAL_FORMS,
  type CatalogRefusal,
  type CatalogRefusalName,
} from '../../emulator/catalog-refusals.js'
import type { EmulatedWorkspace } from '../../emulator/workspace.js'
import { catalogCalls, getting, start } from './wire.js'

const ADA = 'ada@example.com'
const NEW = { catalog_name: 'main', schema_name: 'storage', name: 'new', value: 'fake value' }
const VALUE = { value: 'changed' }
const GRANT = { changes: [{ principal: 'users', add: ['READ_SECRET'] }] }

type Sent = readonly [call: string, body?: object]

const READS: readonly Sent[] = [
  ['GET secrets?catalog_name=main&schema_name=storage'],
  ['GET secrets/main.storage.blob'],
  ['GET secrets/main.storage.blob?include_value=true'],
  ['GET permissions/secret/main.storage.blob'],
]
const WRITES: readonly Sent[] = [
  ['POST secrets', NEW],
  ['PATCH secrets/main.storage.blob?update_mask=value', VALUE],
  ['DELETE secrets/main.storage.blob'],
]
const OF_SCHEMAS: readonly Sent[] = [['GET schemas/main.storage'], ['GET permissions/schema/main.storage']]
const GRANT_ON_SECRET: Sent = ['PATCH permissions/secret/main.storage.blob', GRANT]
const GRANTS: readonly Sent[] = [['PATCH permissions/schema/main.storage', GRANT], GRANT_ON_SECRET]

/** A workspace with the secret `main.storage.blob`, which ada owns with all above it. */
async function startWith(rules: CatalogRules = {}): Promise<EmulatedWorkspace> {
  const workspace = await start({ workspaceId: '42', unityCatalog: rules })
  workspace.catalogs.createCatalog('main', { owner: ADA })
  workspace.catalogs.createSchema('main.storage', { secrets: { blob: 'old' } })
  return workspace
}

const bind = (
  workspace: EmulatedWorkspace,
  ...bindings: ['42' | '7', 'READ_WRITE' | 'READ_ONLY'][]
): void => {
  workspace.catalogs.catalog('main').bindings = new Map(bindings)
}

/** The statuses and codes of calls, one after the other. */
async function answersTo(
  workspace: EmulatedWorkspace,
  sent: readonly Sent[],
  who = 'ada',
): Promise<unknown[]> {
  const answers: unknown[] = []
  for (const [call, body] of sent) {
    const answer = await catalogCalls(workspace, who)(call, body)
    const { error_code: code } = answer.body as { error_code?: unknown }
    answers.push(answer.status === 200 ? 200 : [answer.status, code])
  }
  return answers
}

const alike = (sent: readonly Sent[], answer: unknown): unknown[] => sent.map(() => answer)
const valueOf = ({ catalogs }: EmulatedWorkspace): unknown => catalogs.valuesIn('main.storage')

test('a catalog that is bound to other workspaces denies this one everything', async () => {
  const workspace = await startWith()
  bind(workspace, ['7', 'READ_WRITE'])
  const all = [...READS, ...WRITES, ...OF_SCHEMAS, ...GRANTS, ['GET permissions/catalog/main'] as const]
  expect(await answersTo(workspace, all)).toEqual(alike(all, [403, 'PERMISSION_DENIED']))
  expect(await answersTo(workspace, all, 'root')).toEqual(alike(all, [403, 'PERMISSION_DENIED']))
  expect(await answersTo(workspace, [['GET secrets']])).toEqual([200])
  bind(workspace, ['7', 'READ_ONLY'], ['42', 'READ_WRITE'])
  expect(await answersTo(workspace, [...READS, ...OF_SCHEMAS, ...WRITES])).toEqual(
    alike([...READS, ...OF_SCHEMAS, ...WRITES], 200),
  )
})

test('a list of all schemas leaves out those of a catalog that is bound to other workspaces', async () => {
  const workspace = await startWith()
  bind(workspace, ['7', 'READ_WRITE'])
  expect((await catalogCalls(workspace)('GET secrets')).body).toEqual({})
})

test('a catalog that is bound read-only is read, and not written', async () => {
  const workspace = await startWith()
  bind(workspace, ['42', 'READ_ONLY'])
  expect(await answersTo(workspace, [...READS, ...OF_SCHEMAS])).toEqual(alike([...READS, ...OF_SCHEMAS], 200))
  expect(await answersTo(workspace, [...WRITES, ...GRANTS])).toEqual(
    alike([...WRITES, ...GRANTS], [403, 'PERMISSION_DENIED']),
  )
  expect(valueOf(workspace)).toEqual({ blob: 'old' })
})

test.each(['AWS_SECRETS_MANAGER', 'AZURE_KEY_VAULT', 'GOOGLE_SECRET_MANAGER'] as const)(
  'a schema whose secrets are in %s is read, and not written',
  async (manager) => {
    const workspace = await startWith()
    workspace.catalogs.schema('main.storage').externalManager = manager
    expect(await answersTo(workspace, READS)).toEqual(alike(READS, 200))
    expect(await answersTo(workspace, WRITES)).toEqual(alike(WRITES, [400, 'INVALID_PARAMETER_VALUE']))
    expect(await answersTo(workspace, GRANTS)).toEqual(alike(GRANTS, 200))
    expect(valueOf(workspace)).toEqual({ blob: 'old' })
  },
)

test('a workspace whose secrets are off refuses what is about secrets, and nothing else', async () => {
  const workspace = await startWith({ feature: 'secrets off' })
  const ofSecrets = [...READS, ...WRITES, GRANT_ON_SECRET]
  expect(await answersTo(workspace, ofSecrets)).toEqual(alike(ofSecrets, [403, 'UC_SECRETS_NOT_ENABLED']))
  expect(await answersTo(workspace, OF_SCHEMAS)).toEqual(alike(OF_SCHEMAS, 200))
  expect((await getting(workspace)('secrets/scopes/list')).status).toBe(200)
  expect(valueOf(workspace)).toEqual({ blob: 'old' })
})

test('a workspace without Unity Catalog refuses all of it, and nothing else', async () => {
  const workspace = await startWith({ feature: 'none' })
  const all = [...READS, ...WRITES, ...OF_SCHEMAS, ...GRANTS]
  expect(await answersTo(workspace, all)).toEqual(alike(all, [403, 'FEATURE_DISABLED']))
  expect((await getting(workspace)('secrets/scopes/list')).status).toBe(200)
})

/** What brings each refusal about: how the workspace is, what is sent, and by whom. */
const SITUATIONS: Record<
  CatalogRefusalName,
  {
    readonly rules?: CatalogRules
    readonly prepare?: (workspace: EmulatedWorkspace) => void
    readonly sent: Sent
    readonly who?: string
  }
> = {
  secretExists: { sent: ['POST secrets', { ...NEW, name: 'blob' }] },
  secretMissing: { sent: ['GET secrets/main.storage.gone'] },
  schemaMissing: { sent: ['GET schemas/main.gone'] },
  catalogMissing: { sent: ['POST secrets', { ...NEW, catalog_name: 'gone' }] },
  schemaHidden: { sent: ['GET schemas/main.storage'], who: 'grace' },
  secretHidden: {
    sent: ['GET secrets/main.storage.blob'],
    who: 'grace',
    prepare: ({ catalogs }) => {
      catalogs.catalog('main').grants.set('users', new Set(['USE_CATALOG', 'USE_SCHEMA']))
    },
  },
  useMissing: { sent: ['GET secrets?catalog_name=main&schema_name=storage'], who: 'grace' },
  privilegeMissing: { sent: ['GET permissions/schema/main.storage'], who: 'grace' },
  catalogUnbound: {
    sent: ['GET schemas/main.storage'],
    prepare: (workspace) => {
      bind(workspace)
    },
  },
  catalogReadOnly: {
    sent: ['POST secrets', NEW],
    prepare: (workspace) => {
      bind(workspace, ['42', 'READ_ONLY'])
    },
  },
  externallyManaged: {
    sent: ['POST secrets', NEW],
    prepare: ({ catalogs }) => {
      catalogs.schema('main.storage').externalManager = 'AZURE_KEY_VAULT'
    },
  },
  secretsOff: { sent: ['POST secrets', NEW], rules: { feature: 'secrets off' } },
  noUnityCatalog: { sent: ['GET schemas/main.storage'], rules: { feature: 'none' } },
  limitExceeded: { sent: ['POST secrets', NEW], rules: { maxSecretsInSchema: 1 } },
  principalMissing: { sent: ['POST secrets', { ...NEW, owner: 'nobody' }] },
}

const FORMS = Object.entries(CATALOG_REFUSAL_FORMS).flatMap(([name, forms]) =>
  forms.map((form: CatalogRefusal): [CatalogRefusalName, CatalogRefusal] => [
    name as CatalogRefusalName,
    form,
  ]),
)

// What is lost if this fails: a client that knows one form of a refusal shows every other one as an unexpected response.
test.each(FORMS)('%s as %j', async (name, form) => {
  const { rules = {}, prepare, sent, who = 'ada' } = SITUATIONS[name]
  const workspace = await startWith({ ...rules, refusals: { [name]: form } })
  prepare?.(workspace)
  const [call, body] = sent
  expect(await catalogCalls(workspace, who)(call, body)).toMatchObject({
    status: form.status,
    body: { error_code: form.code, message: expect.stringContaining(form.prefix ?? '') },
  })
  expect(valueOf(workspace)).toEqual({ blob: 'old' })
})

test.each(Object.keys(CATALOG_REFUSAL_FORMS) as CatalogRefusalName[])(
  '%s has its first form by default',
  async (name) => {
    const { rules, prepare, sent, who } = SITUATIONS[name]
    const workspace = await startWith(rules)
    prepare?.(workspace)
    const { status, code } = CATALOG_REFUSAL_FORMS[name][0]
    expect(await answersTo(workspace, [sent], who)).toEqual([[status, code]])
  },
)

test('a refusal tells the caller what is missing, and of what', async () => {
  const workspace = await startWith()
  workspace.catalogs.catalog('main').grants.set('users', new Set(['USE_CATALOG']))
  const call = catalogCalls(workspace, 'grace')
  const messageOf = async (): Promise<unknown> =>
    ((await call('POST secrets', NEW)).body as { message: string }).message
  expect(await messageOf()).toBe("User does not have USE SCHEMA on Schema 'main.storage'.")
  workspace.catalogs.schema('main.storage').grants.set('users', new Set(['USE_SCHEMA']))
  expect(await messageOf()).toBe("User does not have CREATE SECRET on Schema 'main.storage'.")
})

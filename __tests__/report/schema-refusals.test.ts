import { describe, expect, test } from '@jest/globals'

import {
  CATALOG_REFUSAL_FORMS,
  type CatalogRefusal,
  type CatalogRefusalName,
} from '../../emulator/catalog-refusals.js'
import type { CatalogRules } from '../../emulator/catalog-call.js'
import type { SchemaContent } from '../../emulator/unity-catalog.js'
import type { EmulatedWorkspace } from '../../emulator/workspace.js'
import { describeError } from '../../src/report/describe-errors.js'
import { linesOf } from '../../src/report/explanation.js'
import { anchorOf, HEADINGS } from '../../src/report/troubleshooting-link.js'
import { SecretValue } from '../../src/secret-value.js'
import { Redactor } from '../../src/secrets/masks/redactor.js'
import { SchemaStore } from '../../src/stores/schema-store.js'
import { connect } from '../databricks/connect.js'
import { start } from '../emulator/wire.js'

const ADA = 'ada@example.com'
const ADAS_GRANTS = { [ADA]: ['USE_SCHEMA', 'CREATE_SECRET'] } as const

interface Setup {
  readonly content?: SchemaContent
  readonly rules?: CatalogRules
  /** Called before the first request. */
  readonly prepare?: (workspace: EmulatedWorkspace) => void
  /** The schema of the run. */
  readonly schema?: string
}

/** What a run of Ada reports whose schema refuses it: the text, and the section that the error links to. */
async function reported(
  work: (store: SchemaStore) => Promise<unknown>,
  name: CatalogRefusalName,
  form: CatalogRefusal,
  { content = {}, rules = {}, prepare, schema = 'main.storage' }: Setup,
): Promise<{ text: string; section: string }> {
  const workspace = await start({ unityCatalog: { ...rules, refusals: { [name]: form } } })
  workspace.catalogs.createSchema('main.storage', { grants: ADAS_GRANTS, ...content })
  prepare?.(workspace)
  const { catalog, identity } = connect(workspace)
  const desired = {
    kind: 'schema',
    name: schema,
    owner: undefined,
    comment: 'Fake',
    isDefaultComment: true,
    expireAfterDays: undefined,
  } as const
  const getIdentity = async () => await identity.getIdentity()
  const error = await work(new SchemaStore(desired, catalog, getIdentity, new Map())).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  const explanation = describeError(error, {
    origin: workspace.url,
    store: desired,
    firstKey: 'blob',
    identity: undefined,
    permission: 'WRITE',
    writesForPullRequest: false,
    redactor: new Redactor([]),
  })
  return { text: linesOf(explanation), section: anchorOf(HEADINGS[explanation.kind]) }
}

async function read(store: SchemaStore): Promise<unknown> {
  return await store.read({ willPrune: false, mustExist: true })
}

async function write(store: SchemaStore, key = 'blob'): Promise<unknown> {
  const secret = { key, value: new SecretValue('fake-value'), listed: undefined, ifExists: 'update' } as const
  return await store.write(secret, {})
}

const {
  schemaMissing,
  catalogMissing,
  useMissing,
  catalogUnbound,
  secretsOff,
  noUnityCatalog,
  catalogReadOnly,
  externallyManaged,
  privilegeMissing,
  schemaHidden,
  limitExceeded,
} = CATALOG_REFUSAL_FORMS

/** The section about a schema that this run may not use: whether it exists is only known if the workspace denies it. */
function sectionOf({ code }: CatalogRefusal): string {
  return code === 'PERMISSION_DENIED' ? 'permission-denied' : 'schema-not-found'
}

function expectGrants(text: string): void {
  expect(text).toContain(`GRANT USE CATALOG ON CATALOG \`main\` TO \`${ADA}\`;`)
  expect(text).toContain(`GRANT USE SCHEMA, CREATE SECRET ON SCHEMA \`main\`.\`storage\` TO \`${ADA}\`;`)
}

// Nobody can look up the forms of these refusals. With any of them, the error must say what to do.
describe('a schema that cannot be used', () => {
  test.each(schemaMissing)('is missing: $status $code', async (form) => {
    const { text, section } = await reported(read, 'schemaMissing', form, { schema: 'main.nowhere' })
    expect(section).toBe('schema-not-found')
    expect(text).toContain('The schema "main.nowhere" does not exist, or this run has no access to it.')
    expect(text).toContain(`ON SCHEMA \`main\`.\`nowhere\` TO \`${ADA}\`;`)
  })

  test.each(catalogMissing)('is in a catalog that is missing: $status $code', async (form) => {
    const { text, section } = await reported(read, 'catalogMissing', form, { schema: 'none.storage' })
    expect(section).toBe('schema-not-found')
    expect(text).toContain('does not exist')
  })

  test.each(schemaHidden)('is not visible: $status $code', async (form) => {
    const { text, section } = await reported(read, 'schemaHidden', form, { content: { grants: {} } })
    expect(section).toBe(sectionOf(form))
    expectGrants(text)
  })

  test.each(useMissing)('is in a catalog without USE CATALOG: $status $code', async (form) => {
    const prepare = ({ catalogs }: EmulatedWorkspace) => {
      catalogs.catalog('main').grants.clear()
    }
    const { text, section } = await reported(read, 'useMissing', form, { prepare })
    expect(section).toBe(sectionOf(form))
    expectGrants(text)
  })

  test.each(catalogUnbound)(
    'is in a catalog that is bound to other workspaces: $status $code',
    async (form) => {
      const prepare = ({ catalogs }: EmulatedWorkspace) => {
        catalogs.catalog('main').bindings = new Map()
      }
      const { text, section } = await reported(read, 'catalogUnbound', form, { prepare })
      expect(section).toBe('catalog-binding')
      expect(text).toContain('The catalog "main" is not bound to this workspace.')
    },
  )

  test.each(secretsOff)('is in a workspace without the feature: $status $code', async (form) => {
    const rules = { feature: 'secrets off' } as const
    const { text, section } = await reported(read, 'secretsOff', form, { rules })
    expect(section).toBe('unity-catalog-secrets-not-enabled')
    expect(text).toContain('Unity Catalog secrets are not enabled in this workspace.')
  })

  test.each(noUnityCatalog)('is in a workspace without Unity Catalog: $status $code', async (form) => {
    const { text, section } = await reported(read, 'noUnityCatalog', form, { rules: { feature: 'none' } })
    expect(section).toBe('workspace-without-unity-catalog')
    expect(text).toContain('This workspace has no Unity Catalog, so it has no schemas.')
  })
})

describe('a write is refused', () => {
  test.each(privilegeMissing)('without CREATE SECRET: $status $code', async (form) => {
    const content = { grants: { [ADA]: ['USE_SCHEMA'] } } as const
    const { text, section } = await reported(write, 'privilegeMissing', form, { content })
    expect(section).toBe('permission-denied')
    expect(text).toContain('Creating a secret needs CREATE SECRET on the schema.')
    expect(text).toContain('GRANT USE SCHEMA, CREATE SECRET ON SCHEMA `main`.`storage` TO `PRINCIPAL`;')
  })

  test.each(catalogReadOnly)('in a catalog that is bound read-only: $status $code', async (form) => {
    const prepare = ({ catalogs }: EmulatedWorkspace) => {
      catalogs.catalog('main').bindings = new Map([['1234567890123456', 'READ_ONLY']])
    }
    const { text, section } = await reported(write, 'catalogReadOnly', form, { prepare })
    expect(section).toBe('catalog-binding')
    expect(text).toContain('The catalog may be bound to this workspace read-only')
  })

  test.each(externallyManaged)('in the schema of an external manager: $status $code', async (form) => {
    const content = { externalManager: 'AWS_SECRETS_MANAGER' } as const
    const { text, section } = await reported(write, 'externallyManaged', form, { content })
    expect(section).toBe('external-secret-manager')
    expect(text).toContain('The secrets of this schema may be in an external secret manager')
  })

  test.each(limitExceeded.slice(0, 2))('in a schema that is full: $status $code', async (form) => {
    const both = async (store: SchemaStore) => {
      await write(store, 'a')
      await write(store, 'b')
    }
    const { text } = await reported(both, 'limitExceeded', form, { rules: { maxSecretsInSchema: 1 } })
    expect(text).toContain('The schema or the metastore has as many secrets as Databricks allows')
  })
})

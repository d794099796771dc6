import { describe, expect, test } from '@jest/globals'

import type { Grants, Privilege } from '../../../emulator/privileges.js'
import type { SchemaContent } from '../../../emulator/unity-catalog.js'
import { EmulatedWorkspace } from '../../../emulator/workspace.js'
import { NO_OUTPUTS } from '../sync-step.js'
import {
  ADA,
  ADAS_GRANTS,
  callsOf,
  GRACE,
  replaceWorkspace,
  syncToSchema,
  values,
  workspace,
} from './schema-step.js'

/** A group that Ada is not in. */
const OTHERS = '[UC] Team = A'

/** What a run with permissions reads: the schema, its secrets, the grants on it and on its catalog, and the identity. */
const READS = [
  '1 GET permissions/catalog/*',
  '1 GET permissions/schema/*',
  '1 GET preview/scim/v2/Me',
  '1 GET schemas/*',
  '1 GET secrets',
]

/** The same with the permissions read back, and the changes in one request. */
const SET = [
  '1 GET permissions/catalog/*',
  '2 GET permissions/schema/*',
  '1 GET preview/scim/v2/Me',
  '1 GET schemas/*',
  '1 GET secrets',
  '1 PATCH permissions/schema/*',
]

const INPUTS = { permissions: 'auditors=READ SECRET\ndata-team=write_secret, CREATE SECRET' }

/** Gives Ada MANAGE on the schema, and others these grants. */
async function withGrants(grants: Grants, content: SchemaContent = {}): Promise<void> {
  const ada = [...ADAS_GRANTS[ADA], 'MANAGE'] as const
  await replaceWorkspace({ owner: 'root@example.com', grants: { [ADA]: ada, ...grants }, ...content })
}

function grants({ catalogs }: EmulatedWorkspace = workspace): Record<string, string[]> {
  return Object.fromEntries(
    [...catalogs.schema('main.storage').grants].flatMap(([principal, all]) =>
      principal === ADA || all.size === 0 ? [] : [[principal, [...all].sort()]],
    ),
  )
}

describe('permissions on a schema', () => {
  // Wrong permissions mean that a team cannot read its secrets, or that another team can.
  test('are set in one request after the secrets, and read back', async () => {
    await withGrants({ auditors: ['WRITE_SECRET', 'SELECT'], [OTHERS]: ['READ_SECRET', 'MODIFY'] })
    const step = await syncToSchema({ ...INPUTS, secrets: 'a=fake-1\nb=fake-2' })
    expect(step.exitCode).toBe(0)
    expect(grants()).toEqual({
      auditors: ['READ_SECRET', 'SELECT'],
      'data-team': ['CREATE_SECRET', 'WRITE_SECRET'],
      [OTHERS]: ['MODIFY', 'READ_SECRET'],
    })
    expect(callsOf(workspace)).toEqual([...SET, '2 POST secrets'].sort())
    const { method } = workspace.requests.all.at(-2) ?? {}
    expect(method).toBe('PATCH')
    expect(step.outputs).toEqual({ ...NO_OUTPUTS, changed: 'true', created: '["a","b"]' })
    expect(step.log).toMatch(/^ {2}set +auditors: READ SECRET \(was WRITE SECRET\)$/m)
    expect(step.log).toMatch(/^ {2}set +data-team: WRITE SECRET, CREATE SECRET$/m)
    expect(step.summary).toContain('| `auditors` | READ SECRET (was WRITE SECRET) | ✏️ set |')
    const [warning, ...more] = step.annotations.filter(({ level }) => level === 'warning')
    expect(more).toEqual([])
    expect(warning?.message).toContain(`have access to the schema "main.storage": "${OTHERS}" (READ SECRET)`)
    expect(step.summary).toMatch(/^> ```sql\n> REVOKE READ SECRET ON SCHEMA /m)
    expect(step.log).toContain(`REVOKE READ SECRET ON SCHEMA \`main\`.\`storage\` FROM \`${OTHERS}\`;`)
  })

  test('that are all set cost three requests, and change nothing', async () => {
    await withGrants({ auditors: ['READ_SECRET'], 'data-team': ['WRITE_SECRET', 'CREATE_SECRET'] })
    const { exitCode, outputs } = await syncToSchema({ ...INPUTS, secrets: 'a=fake-1' })
    expect(exitCode).toBe(0)
    expect(callsOf(workspace)).toEqual([...READS, '1 POST secrets'])
    expect(outputs).toEqual({ ...NO_OUTPUTS, changed: 'true', created: '["a"]' })
  })

  test('name what the input does not control: the owner, MANAGE, ALL PRIVILEGES and the catalog', async () => {
    await withGrants({ auditors: ['MANAGE'], users: ['ALL_PRIVILEGES'] })
    workspace.catalogs.catalog('main').owner = ADA
    workspace.catalogs.catalog('main').grants.set(GRACE, new Set(['READ_SECRET']))
    const { exitCode, log } = await syncToSchema({ permissions: 'data-team=READ SECRET' })
    expect(exitCode).toBe(0)
    const [line = ''] = /^.*Also has access to the schema "main\.storage".*$/m.exec(log) ?? []
    for (const text of [
      '"root@example.com" (owner of the schema)',
      '"auditors" (MANAGE on the schema)',
      '"users" (ALL PRIVILEGES on the schema)',
      `"${GRACE}" (READ SECRET on the catalog)`,
    ])
      expect(line).toContain(text)
    expect(line).not.toContain(ADA)
    expect(grants()).toEqual({
      auditors: ['MANAGE'],
      'data-team': ['READ_SECRET'],
      users: ['ALL_PRIVILEGES'],
    })
  })

  // Without the notice, the run succeeds, and the new reader still cannot read the secrets.
  test('say once which new readers have no USE CATALOG and USE SCHEMA', async () => {
    await withGrants({ 'data-team': ['USE_SCHEMA'], [GRACE]: ['READ_SECRET'] })
    const { grants: onCatalog } = workspace.catalogs.catalog('main')
    onCatalog.set('data-team', new Set(['USE_CATALOG']))
    workspace.catalogs.catalog('main').owner = ADA
    const permissions = `auditors=READ SECRET\ndata-team=READ SECRET\n${GRACE}=READ SECRET, WRITE SECRET\n${OTHERS}=WRITE SECRET`
    const first = await syncToSchema({ permissions })
    const notice =
      'USE CATALOG and USE SCHEMA, which the action does not grant. This run sees no grant of both to "auditors".'
    for (const text of [first.log, first.summary]) expect(text).toContain(notice)
    const second = await syncToSchema({ permissions })
    expect(second.log).not.toContain('USE CATALOG')
  })

  test.each<[string, Privilege, 'users' | 'account users']>([
    ['all users of the workspace', 'USE_SCHEMA', 'users'],
    ['all users of the account', 'ALL_PRIVILEGES', 'account users'],
  ])('do not ask for them if %s have them', async (_, onSchema, everyone) => {
    await withGrants({ [everyone]: [onSchema] })
    workspace.catalogs.catalog('main').owner = ADA
    workspace.catalogs.catalog('main').grants.set(everyone, new Set(['USE_CATALOG']))
    const { log } = await syncToSchema({ permissions: 'auditors=READ SECRET' })
    expect(log).not.toContain('which the action does not grant')
  })

  // A group that was renamed must not keep the others from what they need.
  test('of a principal that the account does not know fail, and the others are set', async () => {
    await withGrants({})
    const step = await syncToSchema({ permissions: 'auditors=READ SECRET\nno-such-team=READ SECRET' })
    expect(step.exitCode).toBe(1)
    expect(grants()).toEqual({ auditors: ['READ_SECRET'] })
    expect(values()).toEqual({ blob: 'fake-value' })
    expect(step.log).toContain('no-such-team: ')
    expect(step.log).toContain('Check the principal in the input permissions')
    expect(step.log).toContain('It must be in the Databricks account')
    expect(step.log).not.toContain('input owner')
    expect(step.log).toContain('docs/troubleshooting.md#permissions-input')
  })

  // If this fails, a user revokes the grants of the right group, as a statement to copy beside the spelling error says.
  test('of a misspelled principal name the right one, and advise to revoke nothing', async () => {
    await withGrants({ auditors: ['READ_SECRET'] })
    const { exitCode, log, summary } = await syncToSchema({ permissions: 'auditor=READ SECRET' })
    expect(exitCode).toBe(1)
    for (const text of [log, summary]) {
      expect(text).toContain('Did you mean "auditors", which has access? Check the principal')
      expect(text).toContain('"auditors" (READ SECRET). They were left alone. Before you remove any')
      expect(text).not.toContain('REVOKE')
    }
  })

  test('of a misspelled principal name one with access that the input does not change', async () => {
    await withGrants({ auditors: ['ALL_PRIVILEGES'] })
    const { log } = await syncToSchema({ permissions: 'auditor=READ SECRET' })
    expect(log).toContain('Did you mean "auditors", which has access? Check the principal')
  })

  test('cannot be set without MANAGE: nothing is written, and the owner gets statements to copy', async () => {
    const step = await syncToSchema(INPUTS)
    expect(step.exitCode).toBe(1)
    expect(values()).toEqual({})
    expect(step.log).toContain(
      'The permissions of the schema "main.storage" cannot be read or set by this run',
    )
    expect(step.log).toContain('Ask the owner, "root@example.com", to grant MANAGE')
    expect(step.log).toContain('GRANT READ SECRET ON SCHEMA `main`.`storage` TO `auditors`;')
    expect(step.log).toContain('GRANT WRITE SECRET, CREATE SECRET ON SCHEMA `main`.`storage` TO `data-team`;')
    expect(step.log).toContain('docs/troubleshooting.md#permission-denied')
    expect(workspace.requests.all.every(({ method }) => method === 'GET')).toBe(true)
  })

  test('whose change is refused after all fail, and name MANAGE', async () => {
    await withGrants({})
    workspace.intercept(({ method, path }) => {
      if (method !== 'PATCH' || !path.includes('/permissions/')) return undefined
      workspace.catalogs.schema('main.storage').grants.get(ADA)?.delete('MANAGE')
      return undefined
    })
    const step = await syncToSchema(INPUTS)
    expect(step.exitCode).toBe(1)
    expect(values()).toEqual({ blob: 'fake-value' })
    expect(grants()).toEqual({})
    expect(step.log).toContain('Changing these permissions needs MANAGE, or ownership.')
    expect(step.log).not.toContain('GRANT ')
  })

  test('of a schema that is missing are no error of their own', async () => {
    const step = await syncToSchema({ ...INPUTS, schema: 'main.nowhere' })
    expect(step.log).toContain('The schema "main.nowhere" does not exist')
    expect(step.log).not.toContain('The permissions of the schema')
  })
})

describe('permissions-exact on a schema', () => {
  const EXACT = { permissions: 'auditors=READ SECRET', 'permissions-exact': 'true' }

  test('removes the privileges on secrets of others in the same request, and no other privilege', async () => {
    await withGrants({ [OTHERS]: ['READ_SECRET', 'MODIFY'], [GRACE]: ['REFERENCE_SECRET', 'WRITE_SECRET'] })
    const step = await syncToSchema(EXACT)
    expect(step.exitCode).toBe(0)
    expect(grants()).toEqual({ auditors: ['READ_SECRET'], [OTHERS]: ['MODIFY'] })
    expect(callsOf(workspace)).toEqual([...SET, '1 POST secrets'].sort())
    expect(step.log).toContain(`removed  ${OTHERS}: READ SECRET\n`)
    expect(step.summary).toContain(`| \`${GRACE}\` | WRITE SECRET, REFERENCE SECRET | 🗑️ removed |`)
    // The owner also has access, and the new reader has no USE CATALOG.
    expect(step.annotations.map(({ level }) => level)).toEqual(['notice', 'notice'])
  })

  // Without them, no later run could write to the schema.
  test('never removes the privileges of this run, its own or by a group', async () => {
    const held = ['WRITE_SECRET', 'CREATE_SECRET'] as const
    await withGrants({ 'data-team': held, 'account users': ['CREATE_SECRET'], [GRACE]: held })
    workspace.catalogs.schema('main.storage').grants.get(ADA)?.add('WRITE_SECRET').delete('CREATE_SECRET')
    const step = await syncToSchema(EXACT)
    expect(step.exitCode).toBe(0)
    expect(grants()).toEqual({
      'account users': ['CREATE_SECRET'],
      auditors: ['READ_SECRET'],
      'data-team': ['CREATE_SECRET', 'WRITE_SECRET'],
    })
    const { grants: left } = workspace.catalogs.schema('main.storage')
    expect([...(left.get(ADA) ?? [])].sort()).toEqual(['MANAGE', 'USE_SCHEMA', 'WRITE_SECRET'])
    expect(step.log).toContain('Do not remove "data-team", "account users": this run may need it.')
  })

  test('removes nothing if the identity is unknown, and says so before anything is written', async () => {
    await withGrants({ [OTHERS]: ['READ_SECRET'] })
    const { grants: all } = workspace.catalogs.schema('main.storage')
    all.get(ADA)?.delete('CREATE_SECRET')
    workspace.intercept(({ path }) =>
      path.endsWith('/Me')
        ? { status: 403, headers: {}, body: '{"error_code":"PERMISSION_DENIED"}' }
        : undefined,
    )
    const step = await syncToSchema(EXACT)
    expect(step.exitCode).toBe(1)
    expect(step.log).toContain('The input permissions-exact removes the permission of "[UC] Team = A"')
    expect(values()).toEqual({})
    expect(grants()).toEqual({ [OTHERS]: ['READ_SECRET'] })
  })
})

describe('a dry run with permissions on a schema', () => {
  test('shows what would be set and removed, and changes nothing', async () => {
    await withGrants({ auditors: ['WRITE_SECRET'], [OTHERS]: ['READ_SECRET'] })
    const before = grants()
    const step = await syncToSchema({
      permissions: 'auditors=READ SECRET',
      'permissions-exact': 'true',
      'dry-run': 'true',
    })
    expect(step.exitCode).toBe(0)
    expect(callsOf(workspace)).toEqual(READS)
    expect(grants()).toEqual(before)
    expect(step.log).toMatch(/^ {2}will be set +auditors: READ SECRET \(was WRITE SECRET\)$/m)
    expect(step.log).toContain(`will be removed  ${OTHERS}: READ SECRET\n`)
    expect(step.outputs).toMatchObject({ changed: 'true', created: '["blob"]' })
  })

  // Without the warning, the error is seen only after the merge, and the plan advises to revoke the right grant.
  test('warns about a misspelled principal', async () => {
    await withGrants({ auditors: ['READ_SECRET'] })
    const { log } = await syncToSchema({ permissions: 'auditor=READ SECRET', 'dry-run': 'true' })
    expect(log).toContain('near to others that have access: "auditor" (did you mean "auditors"?).')
    expect(log).not.toContain('REVOKE')
  })

  test('without MANAGE warns that the real run would stop', async () => {
    const step = await syncToSchema({ ...INPUTS, 'dry-run': 'true' })
    expect(step.exitCode).toBe(0)
    expect(step.annotations.map(({ level, message }) => [level, message])).toContainEqual([
      'warning',
      expect.stringContaining('The permissions of the schema "main.storage" could not be read'),
    ])
  })
})

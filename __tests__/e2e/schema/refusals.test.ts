import { describe, expect, test } from '@jest/globals'

import type { WorkspaceOptions } from '../../../emulator/workspace.js'
import type { StepResult } from '../../runner/step.js'
import { expectFailure } from '../failed-step.js'
import { ADA, ADAS_GRANTS, replaceWorkspace, syncToSchema, workspace } from './schema-step.js'

const GRANTS = [
  `GRANT USE CATALOG ON CATALOG \`main\` TO \`${ADA}\`;`,
  `GRANT USE SCHEMA, CREATE SECRET ON SCHEMA \`main\`.\`storage\` TO \`${ADA}\`;`,
]

/** A workspace with this set-up of Unity Catalog, and the schema of the other tests. */
async function withRules(unityCatalog: WorkspaceOptions['unityCatalog'] = {}): Promise<void> {
  await replaceWorkspace({}, { unityCatalog })
}

/** Expects that the run stopped before any write, with a link to this section. */
function expectStopped(step: StepResult, section: string, ...words: string[]): void {
  expectFailure(step, ...words)
  expect(step.log).toContain('Stopped before anything was written')
  expect(step.log).toContain(`docs/troubleshooting.md#${section}`)
  expect(workspace.requests.all.filter(({ method }) => method !== 'GET')).toEqual([])
}

// __tests__/report/schema-refusals.test.ts has the other forms of each refusal.
describe('a schema that cannot be used stops the run, and says what to do', () => {
  test('missing', async () => {
    workspace.catalogs.createSchema('main.other')
    const step = await syncToSchema({ schema: 'main.nowhere' })
    expectStopped(
      step,
      'schema-not-found',
      'The schema "main.nowhere" does not exist, or this run has no access to it.',
    )
    expect(step.log).toContain(`ON SCHEMA \`main\`.\`nowhere\` TO \`${ADA}\`;`)
  })

  test('in a catalog that is missing', async () => {
    expectStopped(await syncToSchema({ schema: 'none.storage' }), 'schema-not-found', 'does not exist')
  })

  test('not visible', async () => {
    workspace.catalogs.schema('main.storage').grants.clear()
    const step = await syncToSchema()
    expectStopped(step, 'schema-not-found', ...GRANTS)
  })

  test('without USE CATALOG', async () => {
    workspace.catalogs.catalog('main').grants.clear()
    const step = await syncToSchema()
    expectStopped(step, 'permission-denied', ...GRANTS)
  })

  test('in a catalog that is bound to other workspaces', async () => {
    workspace.catalogs.catalog('main').bindings = new Map()
    expectStopped(
      await syncToSchema(),
      'catalog-binding',
      'The catalog "main" is not bound to this workspace.',
    )
  })

  test('in a workspace without the feature', async () => {
    await withRules({ feature: 'secrets off' })
    expectStopped(
      await syncToSchema(),
      'unity-catalog-secrets-not-enabled',
      'Unity Catalog secrets are not enabled in this workspace.',
    )
  })

  test('in a workspace without Unity Catalog', async () => {
    await withRules({ feature: 'none' })
    expectStopped(
      await syncToSchema(),
      'workspace-without-unity-catalog',
      'This workspace has no Unity Catalog, so it has no schemas.',
    )
  })

  // What no grant can change must not lead to a grant.
  test('behind an IP access list, as for every call', async () => {
    workspace.intercept(() => ({
      status: 403,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        error_code: 'PERMISSION_DENIED',
        message: 'Source IP address: 1.2.3.4 is blocked by Databricks IP ACL for workspace: 1',
      }),
    }))
    const step = await syncToSchema()
    expectFailure(step, 'The IP access list of the workspace does not include this runner')
    expect(step.log).not.toContain('GRANT')
  })
})

describe('writes that are refused fail their keys, and say what to do', () => {
  test('without CREATE SECRET', async () => {
    await replaceWorkspace({ grants: { [ADA]: ['USE_SCHEMA'] } })
    const step = await syncToSchema()
    expectFailure(step, 'Creating a secret needs CREATE SECRET on the schema.')
    expect(step.log).toContain('GRANT USE SCHEMA, CREATE SECRET ON SCHEMA `main`.`storage` TO `PRINCIPAL`;')
    expect(step.log).toContain('docs/troubleshooting.md#permission-denied')
  })

  test('in a catalog that is bound read-only', async () => {
    workspace.catalogs.catalog('main').bindings = new Map([['1234567890123456', 'READ_ONLY']])
    const step = await syncToSchema()
    expectFailure(step, 'The catalog may be bound to this workspace read-only')
    expect(step.log).toContain('docs/troubleshooting.md#catalog-binding')
  })

  test('in the schema of an external manager', async () => {
    await replaceWorkspace({ grants: ADAS_GRANTS, externalManager: 'AWS_SECRETS_MANAGER' })
    const step = await syncToSchema()
    expectFailure(step, 'The secrets of this schema may be in an external secret manager')
    expect(step.log).toContain('docs/troubleshooting.md#external-secret-manager')
  })

  test('in a schema that is full', async () => {
    await withRules({ maxSecretsInSchema: 1 })
    const step = await syncToSchema({ secrets: 'a=fake-1\nb=fake-2' })
    expectFailure(step, 'The schema or the metastore has as many secrets as Databricks allows')
    expect(JSON.parse(step.outputs['failed'] ?? '')).toHaveLength(1)
  })
})

test('a service principal is named in the grants by its application id', async () => {
  const step = await syncToSchema({ token: 'fake-token-of-ci', schema: 'main.nowhere' })
  expect(step.log).toContain('TO `00000000-0000-4000-8000-00000000c1c1`;')
})

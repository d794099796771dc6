import { writeFileSync } from 'node:fs'
import path from 'node:path'

import { describe, expect, test } from '@jest/globals'

import { folder } from '../folder-of-test.js'
import { NO_OUTPUTS } from '../sync-step.js'
import {
  ADA,
  ADAS_GRANTS,
  callsOf,
  replaceWorkspace,
  syncToSchema,
  values,
  workspace,
} from './schema-step.js'

const READS = ['1 GET schemas/*', '1 GET secrets']

describe('new secrets', () => {
  test('are created with 2 + N requests, and reported in lower case', async () => {
    const step = await syncToSchema({
      schema: '`Main`.`Storage`',
      secrets: 'API_KEY=fake-1\nother:="fäke\\nlines "',
    })
    expect(step.exitCode).toBe(0)
    expect(values()).toEqual({ api_key: 'fake-1', other: 'fäke\nlines ' })
    expect(callsOf(workspace)).toEqual([...READS, '2 POST secrets'])
    expect(step.outputs).toEqual({ ...NO_OUTPUTS, changed: 'true', created: '["api_key","other"]' })
    expect(step.log).toContain('Schema          main.storage (exists, 0 visible keys)')
    expect(step.log).toContain('2 created (')
    expect(step.summary).toContain('### ✅ Databricks secrets: `main.storage`')
    expect(step.summary).toContain(`metastore \`${workspace.catalogs.metastoreId}\``)
    expect(step.summary).toContain('dbutils.secrets.get(catalog="main", schema="storage", key="api_key")')
    expect(step.summary).not.toContain('secrets/main')
    expect(step.annotations).toEqual([])
  })

  test.each(['lines', 'JSON'])(
    'may have keys of 248 characters, as Unity Catalog allows, in %s',
    async (form) => {
      const [key, old] = ['k'.repeat(248), 'o'.repeat(248)]
      await replaceWorkspace({ owner: ADA, secrets: { [old]: 'fake-old-value' } })
      const secrets = form === 'lines' ? `${key}=fake-1` : JSON.stringify({ [key]: 'fake-1' })
      const { exitCode, outputs } = await syncToSchema({ secrets, prune: 'true' })
      expect([exitCode, outputs['created'], outputs['deleted']]).toEqual([0, `["${key}"]`, `["${old}"]`])
    },
  )

  test('get the owner, the comment and the end of the inputs', async () => {
    const inputs = { owner: 'data-team', comment: 'Of the lake', 'expire-after-days': '30' }
    const before = Date.now()
    expect((await syncToSchema(inputs)).exitCode).toBe(0)
    const { owner, comment, expireTime = 0 } = workspace.catalogs.secret('main.storage.blob')
    expect([owner, comment]).toEqual(['data-team', 'Of the lake'])
    expect(Math.round((expireTime - before) / 86_400_000)).toBe(30)
  })

  test('belong to this run, say which repository manages them, and are read back with verify', async () => {
    const runnerVariables = { GITHUB_REPOSITORY: 'octo/lake' }
    expect((await syncToSchema({ verify: 'true' }, { runnerVariables })).exitCode).toBe(0)
    // Each written value is read back once.
    expect(callsOf(workspace)).toEqual([
      '1 GET schemas/*',
      '1 GET secrets',
      '1 GET secrets/*',
      '1 POST secrets',
    ])
    const { owner, comment, expireTime } = workspace.catalogs.secret('main.storage.blob')
    expect([owner, comment, expireTime]).toEqual([ADA, 'Managed by octo/lake', undefined])
  })

  test('that are not known to the workspace as owner fail, and name the input', async () => {
    const { exitCode, log } = await syncToSchema({ owner: 'no-such-team' })
    expect(exitCode).toBe(1)
    expect(log).toContain('Check the input owner')
  })
})

describe('existing secrets', () => {
  const SECRETS = { blob: { value: 'fake-old', owner: ADA }, same: { value: 'fake-same', owner: ADA } }

  test('are updated, with one request each', async () => {
    await replaceWorkspace({ grants: ADAS_GRANTS, secrets: SECRETS })
    const step = await syncToSchema({ secrets: 'BLOB=fake-value\nnew=fake-new' })
    expect(step.exitCode).toBe(0)
    expect(values()).toEqual({ blob: 'fake-value', same: 'fake-same', new: 'fake-new' })
    expect(callsOf(workspace)).toEqual([...READS, '1 PATCH secrets/*', '1 POST secrets'])
    expect(step.outputs).toMatchObject({ created: '["new"]', updated: '["blob"]' })
  })

  test('are read with if-exists: compare, one request more for each, and only differences are written', async () => {
    await replaceWorkspace({ grants: ADAS_GRANTS, secrets: SECRETS })
    const step = await syncToSchema({
      secrets: 'blob=fake-value\nsame=fake-same\nnew=fake-new',
      'if-exists': 'compare',
    })
    expect(step.exitCode).toBe(0)
    expect(callsOf(workspace)).toEqual([...READS, '1 PATCH secrets/*', '1 POST secrets', '2 GET secrets/*'])
    expect(step.outputs).toMatchObject({ created: '["new"]', updated: '["blob"]', unchanged: '["same"]' })
  })

  test('are left alone with if-exists: keep', async () => {
    await replaceWorkspace({ grants: ADAS_GRANTS, secrets: SECRETS })
    const { outputs } = await syncToSchema({ 'if-exists': 'keep' })
    expect(outputs).toEqual({ ...NO_OUTPUTS, kept: '["blob"]' })
    expect(callsOf(workspace)).toEqual(READS)
  })

  // Each secret has its own grants: one that cannot be read must not make all others unreadable.
  test('that cannot be compared are written, and the others still compared', async () => {
    await replaceWorkspace({
      owner: ADA,
      secrets: {
        alpha: { value: 'fake-a', owner: 'grace@example.com' },
        blob: { value: 'fake-b', owner: ADA },
      },
    })
    workspace.catalogs.secret('main.storage.alpha').grants.set(ADA, new Set(['WRITE_SECRET']))
    const step = await syncToSchema({ secrets: 'alpha=fake-a\nblob=fake-b', 'if-exists': 'compare' })
    expect(step.outputs).toMatchObject({ updated: '["alpha"]', unchanged: '["blob"]' })
    expect(step.log).toContain('The values of 1 key could not be compared (alpha)')
    expect(step.log).toContain('GRANT READ SECRET ON SCHEMA `main`.`storage`')
  })

  test('that another job deletes in the meantime are created', async () => {
    await replaceWorkspace({ grants: ADAS_GRANTS, secrets: SECRETS })
    workspace.intercept(({ method }) => {
      if (method === 'PATCH') workspace.catalogs.schema('main.storage').secrets.delete('blob')
      return undefined
    })
    const { outputs } = await syncToSchema()
    expect(outputs).toMatchObject({ created: '["blob"]', updated: '[]' })
    expect(values()['blob']).toBe('fake-value')
  })

  test('on several pages are found with one request more for each page', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 2_001 }, (_, n) => [`k${n}`, { value: 'fake', owner: ADA }]),
    )
    await replaceWorkspace(
      { grants: ADAS_GRANTS, secrets: many },
      { unityCatalog: { maxSecretsInSchema: 3_000 } },
    )
    await syncToSchema({ secrets: 'k2000=fake-new' })
    expect(callsOf(workspace)).toEqual(['1 GET schemas/*', '1 PATCH secrets/*', '3 GET secrets'])
  })
})

test('with verify, a 200 without the value fails the key', async () => {
  await replaceWorkspace(
    { owner: ADA, secrets: { blob: { value: 'fake-old', owner: 'grace@example.com' } } },
    { unityCatalog: { withheldValues: 'left out' } },
  )
  workspace.catalogs.secret('main.storage.blob').grants.set(ADA, new Set(['WRITE_SECRET']))
  const step = await syncToSchema({ verify: 'true' })
  expect(step.exitCode).toBe(1)
  expect(step.log).toContain('Written, but it could not be read back to verify it.')
  expect(step.log).toContain('The identity of this run may lack READ SECRET')
})

test('a dry run writes nothing, and says that keys may exist unseen', async () => {
  const step = await syncToSchema({ 'dry-run': 'true' })
  expect(step.exitCode).toBe(0)
  expect(values()).toEqual({})
  expect(callsOf(workspace)).toEqual(READS)
  expect(step.outputs).toEqual({ ...NO_OUTPUTS, changed: 'true', created: '["blob"]' })
  expect(step.log).toContain('1 key to create may exist already.')
})

test('the text of a file arrives unchanged', async () => {
  writeFileSync(path.join(folder, 'tls.pem'), '\u{feff}fake\r\nlines\n')
  const step = await syncToSchema({ secrets: '', 'secret-files': 'tls=tls.pem' }, { workspace: folder })
  expect(step.exitCode).toBe(0)
  expect(values()).toEqual({ tls: '\u{feff}fake\r\nlines\n' })
})

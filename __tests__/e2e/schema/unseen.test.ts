import { beforeEach, describe, expect, test } from '@jest/globals'

import { CATALOG_REFUSAL_FORMS } from '../../../emulator/catalog-refusals.js'
import { FaultScript } from '../../../emulator/fault-script.js'
import { hangUp } from '../../../emulator/faults.js'
import { after, before } from '../../../emulator/interceptors.js'
import { apiError } from '../../../emulator/reply.js'
import type { WorkspaceOptions } from '../../../emulator/workspace.js'
import { NO_OUTPUTS } from '../sync-step.js'
import {
  ADA,
  ADAS_GRANTS,
  callsOf,
  DAY_MS,
  GRACE,
  replaceWorkspace,
  syncToSchema,
  values,
  workspace,
} from './schema-step.js'

/** A workspace with a secret of Grace that the list does not show to Ada, who has these privileges on it. */
async function withUnseen(
  privileges: readonly ('READ_SECRET' | 'WRITE_SECRET')[] = ['WRITE_SECRET'],
  options: WorkspaceOptions = {},
): Promise<void> {
  let age = 100 * DAY_MS
  await replaceWorkspace(
    {
      grants: ADAS_GRANTS,
      secrets: { blob: { value: 'fake-old', createdBy: GRACE, grants: { [ADA]: privileges } } },
    },
    { clock: () => Date.now() - age, ...options },
  )
  age = 0
}

describe('a new key that exists unseen', () => {
  test('is updated with if-exists: update, with a warning that names the owner', async () => {
    await withUnseen()
    const step = await syncToSchema({ secrets: 'blob=fake-value\nnew=fake-new' })
    expect(step.exitCode).toBe(0)
    expect(values()).toEqual({ blob: 'fake-value', new: 'fake-new' })
    expect(step.outputs).toMatchObject({ created: '["new"]', updated: '["blob"]' })
    expect(callsOf(workspace)).toEqual([
      '1 GET schemas/*',
      '1 GET secrets',
      '1 PATCH secrets/*',
      '2 POST secrets',
    ])
    const warnings = step.annotations.map(({ level, message }) => `${level}: ${message}`)
    expect(warnings).toHaveLength(1)
    expect(warnings[0]).toContain(
      `warning: 1 key was updated, although the list did not show it to this run: blob (owner "${GRACE}").`,
    )
    // The owner may be this identity: then another run of the same workflow created the secret in the meantime.
    expect(warnings[0]).toContain('or another job created the key during this run')
  })

  test('is kept with if-exists: keep', async () => {
    await withUnseen()
    const step = await syncToSchema({ 'if-exists': 'keep' })
    expect(step.exitCode).toBe(0)
    expect(step.outputs).toEqual({ ...NO_OUTPUTS, kept: '["blob"]' })
    expect(values()).toEqual({ blob: 'fake-old' })
    expect(step.log).toContain(
      '1 key was left alone, and exists although the list did not show it to this run: blob',
    )
  })

  test('is read with if-exists: compare, and written only if it differs', async () => {
    await withUnseen()
    // So that Ada may read it, but does not see it in the list.
    const show = workspace.intercept(({ path }, perform) => {
      if (!path.endsWith('/secrets')) return undefined
      const reply = perform()
      workspace.catalogs.secret('main.storage.blob').owner = ADA
      return reply
    })
    expect((await syncToSchema({ 'if-exists': 'compare', secrets: 'blob=fake-old' })).outputs).toEqual({
      ...NO_OUTPUTS,
      unchanged: '["blob"]',
    })
    show()
    workspace.catalogs.secret('main.storage.blob').owner = GRACE
    const written = await syncToSchema({ 'if-exists': 'compare' })
    expect(written.outputs).toMatchObject({ updated: '["blob"]', unchanged: '[]' })
    expect(values()).toEqual({ blob: 'fake-value' })
  })

  const HIDDEN = CATALOG_REFUSAL_FORMS.secretHidden
  test.each(HIDDEN)('that this run may not update fails alone: $status $code', async (secretHidden) => {
    await withUnseen([], { unityCatalog: { refusals: { secretHidden } } })
    const step = await syncToSchema({ secrets: 'blob=fake-value\nnew=fake-new' })
    expect(step.exitCode).toBe(1)
    expect(values()).toEqual({ blob: 'fake-old', new: 'fake-new' })
    expect(step.outputs).toMatchObject({ created: '["new"]', failed: '["blob"]' })
    expect(step.log).toContain('The workspace does not show its owner to this run.')
    expect(step.log).toContain(`GRANT WRITE SECRET ON SECRET \`main\`.\`storage\`.\`blob\` TO \`${ADA}\`;`)
  })

  test('that this run manages, but may not update, fails with the name of the owner', async () => {
    await replaceWorkspace({
      grants: { [ADA]: ['USE_SCHEMA', 'CREATE_SECRET', 'MANAGE'] },
      secrets: { blob: { value: 'fake-old', createdBy: GRACE } },
    })
    const step = await syncToSchema()
    expect(step.exitCode).toBe(1)
    expect(step.log).toContain(`This run has no permission to update the secret. Its owner is "${GRACE}".`)
    expect(values()).toEqual({ blob: 'fake-old' })
  })
})

/** Loses the answer of the first create, after or before it took effect. The request is retried. */
function loseAnswer(effect: typeof after): FaultScript {
  const script = new FaultScript([{ call: 'POST unity-catalog/secrets', fault: effect(hangUp) }])
  workspace.intercept(script.play)
  return script
}

const WITH_RETRIES = { 'retry-timeout-seconds': '60' }

describe('a create whose answer was lost', () => {
  test.each(['update', 'compare', 'keep'])('is created with if-exists: %s', async (ifExists) => {
    const script = loseAnswer(after)
    const step = await syncToSchema({ ...WITH_RETRIES, 'if-exists': ifExists })
    expect(script.left).toEqual([])
    expect(step.exitCode).toBe(0)
    expect(step.outputs).toMatchObject({ created: '["blob"]', updated: '[]' })
    expect(values()).toEqual({ blob: 'fake-value' })
    expect(step.annotations.filter(({ level }) => level === 'warning')).toEqual([])
    // The value is written again, because the secret may have been another principal's. `keep` must not, and reads it.
    expect(callsOf(workspace)).toContain(ifExists === 'keep' ? '1 GET secrets/*' : '1 PATCH secrets/*')
  })

  test.each([before, after])('and that meets the secret of another principal updates it', async (effect) => {
    await withUnseen()
    loseAnswer(effect)
    const step = await syncToSchema(WITH_RETRIES)
    expect(step.outputs).toMatchObject({ created: '[]', updated: '["blob"]' })
    expect(values()).toEqual({ blob: 'fake-value' })
    expect(step.log).toContain('although the list did not show it to this run')
  })

  // Otherwise a key that must never be touched would be overwritten.
  test('and that meets the secret of another principal does not touch it with if-exists: keep', async () => {
    await withUnseen(['WRITE_SECRET', 'READ_SECRET'])
    loseAnswer(before)
    const step = await syncToSchema({ ...WITH_RETRIES, 'if-exists': 'keep' })
    expect(step.exitCode).toBe(1)
    expect(step.log).toContain('The write may or may not have been applied')
    expect(values()).toEqual({ blob: 'fake-old' })
  })
})

describe('prune', () => {
  beforeEach(async () => {
    await replaceWorkspace({
      owner: 'data-team',
      grants: ADAS_GRANTS,
      secrets: {
        mine: { value: 'fake', createdBy: ADA },
        hers: { value: 'fake', createdBy: GRACE },
        ours: { value: 'fake', createdBy: 'data-team' },
      },
    })
  })

  test('deletes only secrets of this identity, and lists the others', async () => {
    const step = await syncToSchema({ prune: 'true' })
    expect(step.exitCode).toBe(0)
    expect(Object.keys(values()).sort()).toEqual(['blob', 'hers', 'ours'])
    expect(step.outputs).toMatchObject({ created: '["blob"]', deleted: '["mine"]' })
    expect(step.log).toContain(
      `prune left alone keys that another principal owns: hers (owner "${GRACE}"), ours (owner "data-team").`,
    )
    expect(callsOf(workspace)).toContain('1 GET preview/scim/v2/Me')
  })

  test('deletes also secrets of the input owner', async () => {
    const step = await syncToSchema({ prune: 'true', owner: 'data-team' })
    expect(Object.keys(values()).sort()).toEqual(['blob', 'hers'])
    expect(step.outputs).toMatchObject({ deleted: '["mine","ours"]' })
  })

  // Without the name of this identity, it is not known whose the secrets are.
  test('deletes nothing of others if the workspace does not report the identity', async () => {
    workspace.intercept(({ path }) =>
      path.endsWith('/Me') ? apiError(500, 'INTERNAL_ERROR', 'No.') : undefined,
    )
    const step = await syncToSchema({ prune: 'true' })
    expect(Object.keys(values()).sort()).toEqual(['blob', 'hers', 'mine', 'ours'])
    expect(step.annotations).toMatchObject([
      {
        level: 'warning',
        message: expect.stringContaining('prune left alone keys that another principal may own: mine'),
      },
    ])
    expect(step.log).not.toContain('what another principal owns')
  })
})

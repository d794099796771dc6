import { beforeEach, describe, expect, test } from '@jest/globals'

import { ADA, ADAS_GRANTS, DAY_MS, GRACE, replaceWorkspace, syncToSchema, workspace } from './schema-step.js'

function daysAhead(days: number): number {
  return Date.now() + (days + 0.5) * DAY_MS
}

describe('secrets that end', () => {
  beforeEach(async () => {
    await replaceWorkspace({
      owner: ADA,
      secrets: {
        later: { value: 'fake', expireTime: daysAhead(20) },
        soon: { value: 'fake', expireTime: daysAhead(3) },
        ended: { value: 'fake', expireTime: daysAhead(-6) },
        never: 'fake',
        blob: { value: 'fake-old', expireTime: daysAhead(-2) },
      },
    })
  })

  test('or ended are warnings, and in stale', async () => {
    const step = await syncToSchema({ 'if-exists': 'keep' })
    expect(step.exitCode).toBe(0)
    expect(step.outputs['stale']).toBe('["blob","soon","ended"]')
    expect(step.log).toContain('These secrets have expired: blob (1 day ago), ended (5 days ago).')
    expect(step.log).toContain('These secrets expire within 14 days: soon (in 3 days).')
    expect(step.log).toContain('3 stale keys')
    expect(step.summary).toContain('These secrets expire within 14 days')
  })

  // A write does not move the end, so a rotated secret would look like one that nobody rotates.
  test('before they are written are a warning', async () => {
    const step = await syncToSchema()
    expect(step.log).toContain('1 key was written, but had expired before: blob (1 day ago).')
    expect(step.log).toContain('To set a new one with each write, set expire-after-days.')
    expect(step.outputs['stale']).toBe('["blob","soon","ended"]')
  })

  test('get a new end with expire-after-days', async () => {
    const step = await syncToSchema({ 'expire-after-days': '30' })
    expect(step.outputs['stale']).toBe('["soon","ended"]')
    expect(
      Math.round(((workspace.catalogs.secret('main.storage.blob').expireTime ?? 0) - Date.now()) / DAY_MS),
    ).toBe(30)
  })

  test('and are deleted are not reported', async () => {
    const step = await syncToSchema({ prune: 'true', 'expire-after-days': '30' })
    expect(step.outputs['stale']).toBe('[]')
  })

  test('are listed together with old ones, in one order', async () => {
    workspace.catalogs.secret('main.storage.never').updated = { by: ADA, at: Date.now() - 100 * DAY_MS }
    const step = await syncToSchema({ secrets: '', 'max-age-days': '90' })
    expect(step.outputs['stale']).toBe('["soon","ended","never","blob"]')
    expect(step.log).toContain('5 keys in the schema, 4 of them stale')
    expect(step.log).toContain('1 key was last updated more than 90 days ago: never (100 days).')
  })
})

describe('the owner and the comment', () => {
  beforeEach(async () => {
    await replaceWorkspace({
      grants: { ...ADAS_GRANTS, 'data-team': ['MANAGE', 'WRITE_SECRET', 'READ_SECRET'] },
      secrets: { blob: { value: 'fake-value', owner: GRACE, comment: 'Old' } },
    })
  })

  test('that differ from the inputs are reported, and the comment is updated with the value', async () => {
    const inputs = { owner: 'data-team', comment: 'New' }
    const unchanged = await syncToSchema({ ...inputs, 'if-exists': 'compare' })
    expect(unchanged.log).toContain(`The owner differs from the input owner: blob (owner "${GRACE}").`)
    expect(unchanged.log).toContain('The comment differs from the input comment: blob.')
    expect(workspace.catalogs.secret('main.storage.blob').comment).toBe('Old')
    const updated = await syncToSchema(inputs)
    expect(updated.log).toContain('The owner differs')
    expect(updated.log).not.toContain('The comment differs')
    expect(workspace.catalogs.secret('main.storage.blob').comment).toBe('New')
    expect(workspace.catalogs.secret('main.storage.blob').owner).toBe(GRACE)
  })

  // A comment that somebody wrote by hand is worth more than the default.
  test('are left alone without these inputs', async () => {
    const step = await syncToSchema()
    expect(step.log).not.toContain('differs')
    expect(workspace.catalogs.secret('main.storage.blob').comment).toBe('Old')
  })
})

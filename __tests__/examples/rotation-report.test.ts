import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { playWorkflow, type PlayedJob, type World } from '../runner/workflow/play-workflow.js'
import { PRODUCTION, RecipeWorkspace } from './databricks.js'
import { leaksOf, madeUp } from './shown.js'

let databricks: RecipeWorkspace
let folder: string
let secrets: { DB_PASSWORD: string; PARTNER_TOKEN: string }

beforeEach(async () => {
  databricks = await RecipeWorkspace.start('storage', PRODUCTION)
  folder = await mkdtemp(path.join(tmpdir(), 'gh-'))
  secrets = { DB_PASSWORD: madeUp(), PARTNER_TOKEN: madeUp() }
})

afterEach(async () => {
  await databricks.close()
  await rm(folder, { recursive: true })
})

/** @param openIssue the number of the issue that an earlier week has opened */
async function play(event: World['event'], openIssue = ''): Promise<PlayedJob[]> {
  return await playWorkflow('examples/rotation-report.yml', {
    event,
    environments: { production: { vars: databricks.vars, secrets } },
    jobVariables: databricks.idToken,
    programs: {
      gh: `
        [ "$GH_REPO" = owner/repo ] && [[ "$GH_TOKEN" = ghs_* ]]
        printf '%s\\n' "$@" >> '${folder}/calls'
        if [ "$2" = list ]; then echo '${openIssue}'; fi`,
    },
  })
}

async function callsOfGh(): Promise<string> {
  return await readFile(path.join(folder, 'calls'), 'utf8').catch(() => '')
}

describe('on Monday', () => {
  beforeEach(() => {
    databricks.put('db-password', secrets.DB_PASSWORD, 120)
    databricks.put('partner-token', 'fake-old', 120)
    databricks.put('signing-key', 'fake-key-of-last-month', 40)
  })

  // Nobody would know what is overdue: or, with `update`, nothing ever would be.
  test('the old key is rotated, and an issue names the secrets that need manual rotation', async () => {
    const jobs = await play({ name: 'schedule' })
    expect(jobs.map(({ id, outcome }) => [id, outcome])).toEqual([
      ['renew', 'success'],
      ['report', 'success'],
    ])
    const { 'signing-key': key = '', ...others } = databricks.texts
    expect(key).toMatch(/^[\da-f]{64}$/)
    expect(others).toEqual({ 'db-password': secrets.DB_PASSWORD, 'partner-token': secrets.PARTNER_TOKEN })
    expect(await callsOfGh()).toContain('issue\ncreate\n--title\nDatabricks secrets to rotate\n--body\n')
    expect(await callsOfGh()).toContain('in the scope `storage`: ["db-password"]. See [the run](https://')
    expect(leaksOf(jobs, [key, 'fake-key-of-last-month', ...Object.values(secrets)])).toEqual([])
    // What a later step prints by mistake is masked too.
    expect(jobs[0]?.steps.find(({ name }) => name === 'Create a new key')?.result?.masks).toEqual([key])
  })

  test('the issue of last week stays open', async () => {
    await play({ name: 'schedule' }, '17')
    expect(await callsOfGh()).toContain('issue\nedit\n17\n--body\n')
    expect(await callsOfGh()).not.toContain('create')
  })
})

// A key that changes each week, for no reason, and an issue that is never empty.
test('keys that are not stale are left alone', async () => {
  databricks.put('db-password', secrets.DB_PASSWORD, 10)
  databricks.put('partner-token', secrets.PARTNER_TOKEN, 10)
  databricks.put('signing-key', 'fake-key', 10)
  const jobs = await play({ name: 'schedule' })
  expect(jobs.map(({ outcome }) => outcome)).toEqual(['success', 'success'])
  expect(jobs[0]?.steps.map(({ outcome }) => outcome)).toEqual(['success', 'skipped', 'skipped'])
  expect(databricks.texts['signing-key']).toBe('fake-key')
  expect(databricks.workspace.requests.all.filter(({ path: asked }) => asked.endsWith('/put'))).toEqual([])
  expect(await callsOfGh()).toBe('')
})

// The very first key, and one that somebody has seen.
test('a manual run rotates a key of any age', async () => {
  const jobs = await play({ name: 'workflow_dispatch', inputs: { renew: true } })
  expect(jobs.map(({ outcome }) => outcome)).toEqual(['success', 'success'])
  expect(Object.keys(databricks.texts).sort()).toEqual(['db-password', 'partner-token', 'signing-key'])
})

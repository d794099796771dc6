import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

import { EmulatedGitHubApi } from '../../emulator/github-api.js'
import { FAKE_GITHUB_TOKEN } from '../runner/environment.js'
import { playWorkflow, type PlayedJob, type World } from '../runner/workflow/play-workflow.js'
import { pullRequestEvent } from '../runner/workflow/pull-request-event.js'
import { MAIN, PLANNER, RecipeWorkspace } from './databricks.js'
import { leaksOf, logsOf, madeUp } from './shown.js'

const REFERENCE = '{{secrets/pipelines/db-password}}'

let databricks: RecipeWorkspace
let github: EmulatedGitHubApi
let folder: string
let secrets: { DB_PASSWORD: string; PARTNER_TOKEN: string; DATABRICKS_ENDPOINTS_TOKEN: string }

beforeEach(async () => {
  databricks = await RecipeWorkspace.start('pipelines', MAIN, PLANNER)
  github = await EmulatedGitHubApi.start({
    accounts: { [FAKE_GITHUB_TOKEN]: { login: 'github-actions[bot]', access: 'write' } },
  })
  folder = await mkdtemp(path.join(tmpdir(), 'programs-'))
  secrets = { DB_PASSWORD: madeUp(), PARTNER_TOKEN: madeUp(), DATABRICKS_ENDPOINTS_TOKEN: madeUp() }
  databricks.put('db-password', 'fake-old', 1)
  databricks.put('partner-token', secrets.PARTNER_TOKEN, 1)
  databricks.put('in-use', 'fake-in-use', 1)
  databricks.put('gone', 'fake-gone', 1)
  const visibleTo = ['users']
  databricks.workspace.consumers.add({
    clusters: [
      {
        cluster_id: 'c-1',
        spark_conf: { a: REFERENCE, b: '{{secrets/pipelines/in-use}}' },
        visibleTo,
      },
      { cluster_id: 'c-2', spark_conf: { a: '{{secrets/pipelines/partner-token}}' }, visibleTo },
    ],
    servingEndpoints: [
      {
        name: 'chat',
        config: {
          served_entities: [
            { name: 'own', entity_name: 'main.models.own', environment_vars: { KEY: REFERENCE } },
          ],
        },
        visibleTo,
      },
    ],
  })
})

afterEach(async () => {
  await Promise.all([databricks.close(), github.close()])
  await rm(folder, { recursive: true })
})

async function play(event: World['event'], vars: Record<string, string> = {}): Promise<PlayedJob[]> {
  return await playWorkflow('examples/rotate-with-consumers.yml', {
    event,
    secrets,
    vars: { ...databricks.vars, DATABRICKS_PLAN_CLIENT_ID: PLANNER.clientId, ...vars },
    uses: { 'actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd': () => ({}) },
    jobVariables: (job) => ({ ...databricks.idToken(job), ...github.variables }),
    programs: {
      gh: `printf '%s\\n' "$@" >> '${folder}/gh'`,
      // Only the second call has a body.
      curl: `
        [ "\${4}" = '${secrets.DATABRICKS_ENDPOINTS_TOKEN}' ]
        printf '%s\\n' "$@" >> '${folder}/curl'
        case "$*" in
          *PUT*) cat >> '${folder}/body' ;;
          *) echo '{"config":{"served_entities":[{"name":"own","environment_vars":{"KEY":"ref"},"creator":"x"}]}}' ;;
        esac`,
    },
  })
}

async function written(file: string): Promise<string> {
  return await readFile(path.join(folder, file), 'utf8').catch(() => '')
}

test('a pull request shows what uses the keys, and changes nothing', async () => {
  const jobs = await play(pullRequestEvent())
  expect(logsOf(jobs)).not.toContain('Error:')
  expect(jobs.map(({ outcome }) => outcome)).toEqual(['success'])
  const [comment] = github.comments()
  expect(comment?.body).toContain('1 cluster, 1 serving endpoint')
  expect(comment?.body).toContain('Partial search')
  expect(comment?.body).toMatch(/Details: \[see the run\]\(https?:[^)]+\/owner\/repo\/actions\/runs\/\d+\)/)
  // People who read the comment need not see the ids.
  expect(comment?.body).not.toContain('c-1')
  expect(databricks.texts['db-password']).toBe('fake-old')
  expect(await written('curl')).toBe('')
  expect(await written('gh')).toBe('')
  expect(leaksOf(jobs, Object.values(secrets))).toEqual([])
})

describe('a merge', () => {
  test('writes the new value, keeps a key in use, and by default does no more', async () => {
    const jobs = await play({ name: 'push' })
    expect(jobs.map(({ outcome }) => outcome)).toEqual(['success'])
    expect(databricks.texts).toEqual({
      'db-password': secrets.DB_PASSWORD,
      'partner-token': secrets.PARTNER_TOKEN,
      'in-use': 'fake-in-use',
    })
    expect(jobs[0]?.steps.map(({ outcome }) => outcome)).toEqual(['success', 'success', 'skipped', 'skipped'])
    expect(leaksOf(jobs, ['fake-old', 'fake-in-use', ...Object.values(secrets)])).toEqual([])
  })

  test('updates the endpoints and names the rest in an issue, if the variables say so', async () => {
    const jobs = await play({ name: 'push' }, { UPDATE_ENDPOINTS: 'true', NOTIFY_OWNERS: 'true' })
    expect(logsOf(jobs)).toContain('Updated the endpoint chat.')
    expect(jobs.map(({ outcome }) => outcome)).toEqual(['success'])
    const url = `${databricks.workspace.url}/api/2.0/serving-endpoints/chat`
    expect(await written('curl')).toContain(`${url}/config`)
    expect(JSON.parse(await written('body'))).toMatchObject({
      served_entities: [{ name: 'own', environment_vars: { KEY: 'ref' } }],
    })
    expect(await written('body')).not.toContain('creator')
    expect(await written('gh')).toContain('- [ ] cluster `c-1`: restart')
    // Its key has no new value.
    expect(await written('gh')).not.toContain('c-2')
    expect(leaksOf(jobs, Object.values(secrets))).toEqual([])
  })

  test('that changes no value updates nothing', async () => {
    databricks.put('db-password', secrets.DB_PASSWORD, 1)
    const jobs = await play({ name: 'push' }, { UPDATE_ENDPOINTS: 'true', NOTIFY_OWNERS: 'true' })
    expect(jobs[0]?.steps.map(({ outcome }) => outcome)).toEqual(['success', 'success', 'skipped', 'skipped'])
  })
})

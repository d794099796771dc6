import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

import { EmulatedGitHubApi } from '../../emulator/github-api.js'
import { FAKE_GITHUB_TOKEN } from '../runner/environment.js'
import { playWorkflow, type PlayedJob, type World } from '../runner/workflow/play-workflow.js'
import { pullRequestEvent } from '../runner/workflow/pull-request-event.js'
import { MAIN, PLANNER, RecipeWorkspace } from './databricks.js'
import { leaksOf, logsOf, madeUp } from './shown.js'

let databricks: RecipeWorkspace
let github: EmulatedGitHubApi
let secrets: { DB_PASSWORD: string; PARTNER_TOKEN: string }

beforeEach(async () => {
  databricks = await RecipeWorkspace.start('pipelines', MAIN, PLANNER)
  github = await EmulatedGitHubApi.start({
    accounts: { [FAKE_GITHUB_TOKEN]: { login: 'github-actions[bot]', access: 'write' } },
  })
  secrets = { DB_PASSWORD: madeUp(), PARTNER_TOKEN: madeUp() }
  databricks.put('partner-token', 'fake-old', 1)
  databricks.put('gone', 'fake-gone', 1)
})

afterEach(async () => {
  await Promise.all([databricks.close(), github.close()])
})

const FILE = 'examples/plan-on-pull-request.yml'

async function play(event: World['event'], file = FILE): Promise<PlayedJob[]> {
  return await playWorkflow(file, {
    event,
    secrets,
    vars: { ...databricks.vars, DATABRICKS_PLAN_CLIENT_ID: PLANNER.clientId },
    jobVariables: (job) => ({
      ...databricks.idToken(job),
      // The token of the job may comment if the workflow says so, and is not heard otherwise.
      ...(job.permissions['pull-requests'] === 'write' && github.variables),
    }),
  })
}

function writes(): string[] {
  return databricks.workspace.requests.all
    .map(({ path }) => path)
    .filter((path) => /\/(put|delete|create)$/.test(path))
}

describe('a pull request', () => {
  // Whoever approves it approves the loss of a key that they do not see.
  test('gets a comment with the plan of its merge, changes nothing, and has its own concurrency group', async () => {
    const jobs = await play(pullRequestEvent())
    expect(logsOf(jobs)).not.toContain('Error:')
    expect(jobs.map(({ outcome }) => outcome)).toEqual(['success'])
    // A plan that waits for its turn would take the place of an apply that waits, which then never happens.
    expect(jobs[0]?.groups).toEqual(['databricks-pipelines-refs/pull/7/merge'])
    const [comment] = github.comments()
    for (const key of ['db-password', 'partner-token', 'gone']) expect(comment?.body).toContain(key)
    expect(writes()).toEqual([])
    expect(databricks.texts).toEqual({ 'partner-token': 'fake-old', gone: 'fake-gone' })
    expect(leaksOf(jobs, ['fake-old', 'fake-gone', ...Object.values(secrets)])).toEqual([])
    for (const value of Object.values(secrets)) expect(comment?.body).not.toContain(value)
  })

  // Everyone who can push a branch can change its workflow.
  test('cannot write, also if its branch turns the dry run off', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'branch-'))
    try {
      const file = path.join(folder, 'workflow.yml')
      const text = await readFile('examples/plan-on-pull-request.yml', 'utf8')
      const changed = text
        .replace(/^( +)dry-run: .*$/m, '$1dry-run: false')
        .replace(/^ +pr-comment: .*$/m, '')
      await writeFile(file, changed)
      const jobs = await play(pullRequestEvent(), file)
      expect(jobs.map(({ outcome }) => outcome)).toEqual(['failure'])
      expect(logsOf(jobs)).toContain('WRITE')
      expect(writes()).not.toEqual([])
      expect(databricks.texts).toEqual({ 'partner-token': 'fake-old', gone: 'fake-gone' })
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  // A red check that the contributor can do nothing about.
  test.each([
    ['from a fork', { ...pullRequestEvent('somebody/repo'), fromFork: true }, 'from a fork'],
    ['of Dependabot', { ...pullRequestEvent(), actor: 'dependabot[bot]' }, 'Dependabot'],
  ])('%s succeeds, and says that there is no plan', async (_, event, message) => {
    const jobs = await play(event)
    expect(jobs.map(({ outcome }) => outcome)).toEqual(['success'])
    expect(logsOf(jobs)).toContain(message)
    expect(github.comments()).toEqual([])
    expect(databricks.workspace.requests.all).toEqual([])
  })
})

// What everybody has read and approved does not happen.
test('its merge applies the plan of the comment', async () => {
  const jobs = await play({ name: 'push' })
  expect(jobs.map(({ outcome }) => outcome)).toEqual(['success'])
  expect(jobs[0]?.groups).toEqual(['databricks-pipelines-apply'])
  expect(databricks.texts).toEqual({
    'db-password': secrets.DB_PASSWORD,
    'partner-token': secrets.PARTNER_TOKEN,
  })
  expect(leaksOf(jobs, Object.values(secrets))).toEqual([])
})

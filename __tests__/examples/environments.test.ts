import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

import { playWorkflow, type PlayedJob, type World } from '../runner/workflow/play-workflow.js'
import { PRODUCTION, RecipeWorkspace } from './databricks.js'
import { leaksOf, madeUp } from './shown.js'

const FILE = 'examples/environments.yml'
const NAMES = ['dev', 'staging', 'prod']

let workspaces: Record<string, RecipeWorkspace>
let secrets: Record<string, { DB_PASSWORD: string; PARTNER_TOKEN: string }>
let world: World

beforeEach(async () => {
  workspaces = {}
  secrets = {}
  for (const name of NAMES) {
    const subject = `repo:owner/repo:environment:${name}`
    workspaces[name] = await RecipeWorkspace.start('storage', { ...PRODUCTION, subject })
    secrets[name] = { DB_PASSWORD: madeUp(), PARTNER_TOKEN: madeUp() }
  }
  world = {
    event: { name: 'push' },
    environments: Object.fromEntries(
      NAMES.map((name) => [name, { vars: workspaces[name]?.vars ?? {}, secrets: secrets[name] ?? {} }]),
    ),
    jobVariables: (job) => workspaces[job.environment ?? '']?.idToken(job) ?? {},
  }
})

afterEach(async () => {
  await Promise.all(Object.values(workspaces).map(async (databricks) => databricks.close()))
})

function outcomes(jobs: readonly PlayedJob[]): unknown[] {
  return jobs.map(({ matrix, outcome }) => [matrix['environment'], outcome])
}

describe('the matrix of environments', () => {
  // The secrets of one environment in the workspace of another: dev reads the passwords of prod.
  test('writes the secrets of each environment to its own workspace', async () => {
    const jobs = await playWorkflow(FILE, world)
    expect(outcomes(jobs)).toEqual(NAMES.map((name) => [name, 'success']))
    for (const name of NAMES) {
      expect(workspaces[name]?.texts).toEqual({
        'db-password': secrets[name]?.DB_PASSWORD,
        'partner-token': secrets[name]?.PARTNER_TOKEN,
      })
    }
    expect(
      leaksOf(
        jobs,
        Object.values(secrets).flatMap((each) => Object.values(each)),
      ),
    ).toEqual([])
    // One group for all three would have a run of dev wait for the approval of prod.
    expect(new Set(jobs.flatMap(({ groups }) => groups)).size).toBe(3)
  })

  // What fails in staging would be in prod before anybody has seen it.
  test('stops at the first that fails', async () => {
    const { staging } = world.environments ?? {}
    const jobs = await playWorkflow(FILE, {
      ...world,
      environments: { ...world.environments, staging: { ...staging, secrets: {} } },
    })
    expect(outcomes(jobs)).toEqual([
      ['dev', 'success'],
      ['staging', 'failure'],
      ['prod', 'skipped'],
    ])
    expect(workspaces['prod']?.workspace.requests.all).toEqual([])
  })
})

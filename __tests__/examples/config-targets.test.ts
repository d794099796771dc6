import { copyFile, mkdir } from 'node:fs/promises'
import path from 'node:path'

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

import { playWorkflow, type PlayedJob } from '../runner/workflow/play-workflow.js'
import { PRODUCTION, RecipeWorkspace } from './databricks.js'
import { leaksOf, logsOf, madeUp } from './shown.js'

const NAMES = ['dev', 'staging', 'prod']

let workspaces: Record<string, RecipeWorkspace>
let secrets: Record<string, Record<string, string>>

beforeEach(async () => {
  workspaces = {}
  secrets = {}
  for (const name of NAMES) {
    const subject = `repo:owner/repo:environment:${name}`
    const started = await RecipeWorkspace.start(`blue-${name}`, {
      ...PRODUCTION,
      subject,
      permission: 'MANAGE',
    })
    // Without it, everyone may use the catalog.
    started.workspace.catalogs.createCatalog(name, { grants: { [PRODUCTION.clientId]: ['USE_CATALOG'] } })
    started.workspace.catalogs.createSchema(`${name}.blue`, { owner: PRODUCTION.clientId })
    workspaces[name] = started
    secrets[name] = { BLOB_KEY: madeUp(), WAREHOUSE_TOKEN: madeUp(), OF_OTHERS: madeUp() }
  }
})

afterEach(async () => {
  await Promise.all(Object.values(workspaces).map(async (databricks) => databricks.close()))
})

async function play(): Promise<PlayedJob[]> {
  return await playWorkflow('examples/config-targets.yml', {
    event: { name: 'push' },
    environments: Object.fromEntries(
      NAMES.map((name) => [
        name,
        { vars: { ...workspaces[name]?.vars, READERS: 'auditors' }, secrets: secrets[name] ?? {} },
      ]),
    ),
    jobVariables: (job) => workspaces[job.environment ?? '']?.idToken(job) ?? {},
    uses: {
      'actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd': async ({ workspace, with: given }) => {
        expect(given).toEqual({ 'persist-credentials': 'false' })
        const file = path.join(workspace, '.github', 'databricks-secrets.yml')
        await mkdir(path.dirname(file), { recursive: true })
        await copyFile('examples/config/environments.yml', file)
        return {}
      },
    },
  })
}

describe('one file for all targets and environments', () => {
  // The secrets of one environment in the workspace of another, or a secret that the file does not name.
  test('writes to the targets of each environment what the file names', async () => {
    const jobs = await play()
    expect(logsOf(jobs)).not.toContain('Error:')
    expect(jobs.map(({ outcome }) => outcome)).toEqual(['success', 'success', 'success'])
    for (const name of NAMES) {
      const { BLOB_KEY, WAREHOUSE_TOKEN } = secrets[name] ?? {}
      const { workspace, texts } = workspaces[name] as RecipeWorkspace
      expect(texts).toEqual({ blob: BLOB_KEY, 'warehouse-token': WAREHOUSE_TOKEN })
      expect(workspace.catalogs.valuesIn(`${name}.blue`)).toEqual({
        blob: BLOB_KEY,
        warehouse_token: WAREHOUSE_TOKEN,
      })
      expect(workspace.store.content(`blue-${name}`).acls).toMatchObject({ auditors: 'READ' })
    }
    expect(
      leaksOf(
        jobs,
        Object.values(secrets).flatMap((each) => Object.values(each)),
      ),
    ).toEqual([])
  })

  test('stops at an environment that does not have a secret', async () => {
    secrets['staging'] = { WAREHOUSE_TOKEN: madeUp() }
    const jobs = await play()
    expect(jobs.map(({ outcome }) => outcome)).toEqual(['success', 'failure', 'skipped'])
    expect(logsOf(jobs)).toMatch(/config, lines \d+, \d+: the map of the step has no such name/)
    expect(workspaces['staging']?.workspace.requests.all).toEqual([])
  })
})

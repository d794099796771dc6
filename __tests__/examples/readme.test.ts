import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { parse, stringify } from 'yaml'

import { EmulatedGitHubApi } from '../../emulator/github-api.js'
import { FAKE_GITHUB_TOKEN } from '../runner/environment.js'
import { playWorkflow, type PlayedJob, type World } from '../runner/workflow/play-workflow.js'
import { pullRequestEvent } from '../runner/workflow/pull-request-event.js'
import { MAIN, PLANNER, RecipeWorkspace } from './databricks.js'
import { leaksOf, logsOf, madeUp, madeUpKey } from './shown.js'

interface Workflow {
  readonly jobs: { readonly sync: { readonly steps: unknown } }
}

/** Each YAML block of the README, by the section that it is in: a workflow, steps for the first workflow, or a config file. */
const blocks = new Map(
  (await readFile('README.md', 'utf8')).split(/^## /m).map((section) => {
    const [heading = ''] = section.split('\n')
    return [heading, [...section.matchAll(/```yaml\n(.*?)```/gs)].map(([, block = '']) => block)] as const
  }),
)

let databricks: RecipeWorkspace
let github: EmulatedGitHubApi
let folder: string

beforeEach(async () => {
  databricks = await RecipeWorkspace.start('storage', MAIN, PLANNER)
  github = await EmulatedGitHubApi.start({
    accounts: { [FAKE_GITHUB_TOKEN]: { login: 'github-actions[bot]', access: 'write' } },
  })
  folder = await mkdtemp(path.join(tmpdir(), 'readme-'))
})

afterEach(async () => {
  await Promise.all([databricks.close(), github.close(), rm(folder, { recursive: true })])
})

/** Plays the first block of a section, or the last: a workflow as it is, steps in the job of the quick start. */
async function play(
  section: string,
  world: Partial<World> = {},
  choose: 'first' | 'last' = 'first',
): Promise<PlayedJob[]> {
  const block = blocks.get(section)?.at(choose === 'first' ? 0 : -1) ?? ''
  const content = parse(block) as unknown
  const quickStart = parse(blocks.get('Quick start')?.[0] ?? '') as Workflow
  const whole = Array.isArray(content)
    ? { ...quickStart, jobs: { sync: { ...quickStart.jobs.sync, steps: content } } }
    : content
  const file = path.join(folder, 'workflow.yml')
  await writeFile(file, stringify(whole))
  return await playWorkflow(file, {
    event: { name: 'push' },
    ...world,
    vars: { ...databricks.vars, DATABRICKS_PLAN_CLIENT_ID: PLANNER.clientId },
    jobVariables: (job) => ({
      ...databricks.idToken(job),
      ...(job.permissions['pull-requests'] === 'write' && github.variables),
    }),
  })
}

function expectSuccess(jobs: readonly PlayedJob[], values: readonly string[]): void {
  expect(logsOf(jobs)).not.toContain('Error:')
  expect(jobs.map(({ outcome }) => outcome)).toEqual(['success'])
  expect(leaksOf(jobs, values)).toEqual([])
}

// A new user copies a block and expects it to work.
describe('the README', () => {
  test('has YAML only in sections that are played here', () => {
    const withYaml = [...blocks].flatMap(([heading, { length }]) =>
      length === 0 ? [] : `${length} ${heading}`,
    )
    expect(withYaml).toEqual([
      '1 Quick start',
      '1 Sign in with a token',
      '1 Sync every secret',
      '1 Plan on a pull request',
      '1 Unity Catalog',
      '2 Several targets',
      '1 Who uses a secret',
    ])
  })

  test('has workflows that the parser of GitHub accepts', async () => {
    const files = ['Quick start', 'Plan on a pull request'].map((section) =>
      path.join(folder, `${section}.yml`),
    )
    for (const file of files) {
      await writeFile(file, blocks.get(path.basename(file, '.yml'))?.[0] ?? '')
    }
    const check = ['--import', 'tsx', 'scripts/workflows.ts', ...files]
    expect(execFileSync(process.execPath, check, { encoding: 'utf8', stdio: 'pipe' })).toBe('')
  })

  test('quick start: writes the secret, with the WRITE permission only', async () => {
    const secret = madeUpKey()
    expectSuccess(await play('Quick start', { secrets: { BLOB_KEY: secret } }), [secret])
    expect(databricks.texts).toEqual({ blob: secret })
  })

  test('token: writes the secret', async () => {
    const secrets = { BLOB_KEY: madeUp(), DATABRICKS_TOKEN: databricks.allowUser() }
    expectSuccess(await play('Sign in with a token', { secrets }), Object.values(secrets))
    expect(databricks.texts).toEqual({ blob: secrets.BLOB_KEY })
  })

  test('every secret: writes what differs, renames keys and deletes old ones', async () => {
    const secrets = { PROD_API_KEY: madeUp(), PROD_TLS_KEY: madeUpKey(), OTHER: madeUp() }
    databricks.put('old-key', 'fake-old', 1)
    expectSuccess(await play('Sync every secret', { secrets }), Object.values(secrets))
    expect(databricks.texts).toEqual({ 'api-key': secrets.PROD_API_KEY, 'tls-key': secrets.PROD_TLS_KEY })
  })

  test('pull request: comments the plan as a reader, and the merge applies it', async () => {
    const secrets = { BLOB_KEY: madeUp() }
    const event = pullRequestEvent()
    expectSuccess(await play('Plan on a pull request', { event, secrets }), [secrets.BLOB_KEY])
    expect(databricks.texts).toEqual({})
    expect(github.comments().map(({ body }) => body)).toEqual([expect.stringContaining('blob')])

    expectSuccess(await play('Plan on a pull request', { secrets }), [secrets.BLOB_KEY])
    expect(databricks.texts).toEqual({ blob: secrets.BLOB_KEY })
  })

  test('Unity Catalog: writes the secret to the schema, for its owner', async () => {
    const secrets = { BLOB_KEY: madeUp() }
    databricks.createSchema('main.storage')
    expectSuccess(await play('Unity Catalog', { secrets }), [secrets.BLOB_KEY])
    expect(databricks.workspace.catalogs.valuesIn('main.storage')).toEqual({ blob: secrets.BLOB_KEY })
  })

  test('several targets: one step writes the scope and the schema of the file', async () => {
    const secrets = { BLOB_KEY: madeUp(), REPORT_API_KEY: madeUp() }
    const [file = ''] = blocks.get('Several targets') ?? []
    databricks.createSchema('main.reporting')
    databricks.workspace.store.scope('storage').acls.set(MAIN.clientId, 'MANAGE')
    const jobs = await play(
      'Several targets',
      {
        secrets,
        uses: {
          'actions/checkout@v6': async ({ workspace }) => {
            await mkdir(path.join(workspace, '.github'), { recursive: true })
            await writeFile(path.join(workspace, '.github', 'databricks-secrets.yml'), file)
            return {}
          },
        },
      },
      'last',
    )
    expectSuccess(jobs, Object.values(secrets))
    expect(databricks.texts).toEqual({ blob: secrets.BLOB_KEY })
    expect(databricks.workspace.store.scope('storage').acls.get('analysts')).toBe('READ')
    expect(databricks.workspace.catalogs.valuesIn('main.reporting')).toEqual({
      api_key: secrets.REPORT_API_KEY,
    })
  })

  test('who uses a secret: writes the secret, and names the cluster that still has the old value', async () => {
    const secrets = { BLOB_KEY: madeUp() }
    databricks.put('blob', 'fake-old', 1)
    databricks.workspace.consumers.add({
      clusters: [
        {
          cluster_id: 'c-1',
          state: 'RUNNING',
          spark_conf: { key: '{{secrets/storage/blob}}' },
          visibleTo: ['users'],
        },
      ],
    })
    const jobs = await play('Who uses a secret', { secrets })
    expectSuccess(jobs, [secrets.BLOB_KEY])
    expect(databricks.texts).toEqual({ blob: secrets.BLOB_KEY })
    expect(JSON.parse(jobs[0]?.steps[0]?.result?.outputs['consumers'] ?? '')).toEqual([
      { kind: 'cluster', id: 'c-1', keys: ['blob'], state: 'running', action: 'restart' },
    ])
  })
})

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { parse, stringify } from 'yaml'

import { playWorkflow } from '../runner/workflow/play-workflow.js'
import { CLIENT_SECRET, MAIN, RecipeWorkspace } from './databricks.js'
import { leaksOf, logsOf, madeUp } from './shown.js'

const PAGES = ['usage', 'authentication', 'unity-catalog', 'consumers']

/** What needs Azure, or a token of another issuer. `__tests__/e2e/sign-in` has tests of these. */
const OTHER_ISSUERS = /azure-|DATABRICKS_OIDC_TOKEN/

const BLOCKS = (
  await Promise.all(
    PAGES.map(async (page) => {
      const text = await readFile(`docs/${page}.md`, 'utf8')
      return [...text.matchAll(/```yaml\n(.*?)```/gs)].map(([, block = ''], index) => ({
        page,
        index,
        block,
      }))
    }),
  )
)
  .flat()
  .filter(({ block }) => !OTHER_ISSUERS.test(block))

/** The files that some blocks take from earlier steps. */
const FILES = {
  run: 'mkdir build && head -c 300 /dev/urandom > build/keystore.p12 && echo \'{"from-file": "fake-value-of-a-file"}\' > "$RUNNER_TEMP/map.json"',
}

/** The steps of a block. A config file is played by a step that names it. */
function stepsOf(block: string): unknown[] {
  if (!block.trimStart().startsWith('version:')) return parse(block) as unknown[]
  const inputs = {
    host: '${{ vars.DATABRICKS_HOST }}',
    'client-id': '${{ vars.DATABRICKS_CLIENT_ID }}',
    config: 'targets.yml',
    secrets: '${{ toJSON(secrets) }}',
  }
  return [
    { run: 'echo "$CONFIG" > targets.yml', env: { CONFIG: stringify(parse(block)) } },
    { uses: 'owner/databricks-secrets-sync@v1', with: inputs },
  ]
}

let databricks: RecipeWorkspace
let folder: string

beforeEach(async () => {
  databricks = await RecipeWorkspace.start('storage', { ...MAIN, permission: 'MANAGE' })
  databricks.createSchema('main.storage', ['USE_SCHEMA', 'CREATE_SECRET', 'MANAGE'])
  folder = await mkdtemp(path.join(tmpdir(), 'pages-'))
})

afterEach(async () => {
  await Promise.all([databricks.close(), rm(folder, { recursive: true })])
})

test('the pages have steps to play', () => {
  expect(new Set(BLOCKS.map(({ page }) => page))).toEqual(new Set(PAGES))
  expect(BLOCKS.length).toBeGreaterThan(10)
})

// A reader copies a block and expects it to work.
test.each(BLOCKS)('the page $page, block $index: is steps that succeed', async ({ block }) => {
  const secrets: Record<string, string> = {
    PROD_API_KEY: madeUp(),
    PROD_DEBUG_KEY: madeUp(),
    SHARED_1_KEY: madeUp(),
    DB_PASSWORD: madeUp(),
    TLS_KEY: madeUp(),
    BLOB_KEY: madeUp(),
    DATABRICKS_TOKEN: databricks.allowUser(),
    DATABRICKS_CLIENT_SECRET: CLIENT_SECRET,
  }
  const file = path.join(folder, 'workflow.yml')
  // With a stored credential, a token of the job would hide that the credential is not used.
  const permissions = block.includes('secrets.DATABRICKS_') ? {} : { 'id-token': 'write' }
  const files = /keystore\.p12|map\.json/.test(block) ? [FILES] : []
  const job = { 'runs-on': 'ubuntu-latest', steps: [...files, ...stepsOf(block)] }
  await writeFile(file, stringify({ on: { push: {} }, permissions, jobs: { sync: job } }))
  const jobs = await playWorkflow(file, {
    event: { name: 'push' },
    secrets,
    vars: databricks.vars,
    jobVariables: databricks.idToken,
    uses: { 'actions/checkout@v6': () => ({}) },
    programs: { databricks: 'true' },
  })
  expect(logsOf(jobs)).not.toContain('Error:')
  expect(jobs.map(({ outcome }) => outcome)).toEqual(['success'])
  const written = Object.values({
    ...databricks.texts,
    ...databricks.workspace.catalogs.valuesIn('main.storage'),
  })
  // A report on ages writes nothing, and neither does a dry run.
  if (block.includes('secrets:') && !block.includes('dry-run: true'))
    expect(written.length).toBeGreaterThan(0)
  expect(leaksOf(jobs, Object.values(secrets))).toEqual([])
})

import { afterEach, beforeEach, expect, test } from '@jest/globals'

import { playWorkflow } from '../runner/workflow/play-workflow.js'
import { PRODUCTION, RecipeWorkspace } from './databricks.js'
import { leaksOf, madeUp, madeUpKey } from './shown.js'

let databricks: RecipeWorkspace

beforeEach(async () => {
  databricks = await RecipeWorkspace.start('storage', PRODUCTION)
})

afterEach(async () => {
  await databricks.close()
})

// Who copies it would have the credentials of their CI in a scope, or not have the secrets of their jobs there.
test('a release writes the secrets that begin with APP_, and no others', async () => {
  const secrets = { APP_DB_PASSWORD: madeUp(), APP_TLS_KEY: madeUpKey(), NPM_TOKEN: madeUp() }
  const jobs = await playWorkflow('examples/sync-on-release.yml', {
    event: { name: 'release', payload: { action: 'published' }, ref: 'refs/tags/v1.2.3' },
    secrets,
    environments: { production: { vars: databricks.vars } },
    jobVariables: databricks.idToken,
  })
  expect(jobs.map(({ outcome }) => outcome)).toEqual(['success'])
  expect(databricks.texts).toEqual({ 'db-password': secrets.APP_DB_PASSWORD, 'tls-key': secrets.APP_TLS_KEY })
  expect(leaksOf(jobs, Object.values(secrets))).toEqual([])
})

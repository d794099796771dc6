import { afterEach, beforeEach, expect, test } from '@jest/globals'

import { playWorkflow, type ForeignStep } from '../runner/workflow/play-workflow.js'
import { MAIN, RecipeWorkspace } from './databricks.js'
import { leaksOf, madeUp, madeUpKey } from './shown.js'

let databricks: RecipeWorkspace

beforeEach(async () => {
  databricks = await RecipeWorkspace.start('storage', MAIN)
})

afterEach(async () => {
  await databricks.close()
})

// Keys with the wrong bytes, or a key of several lines in the log of the job.
test('the secrets of Vault are written unchanged', async () => {
  const vault: Record<string, string> = { db_password: ` ${madeUp()}="# `, tls_key: madeUpKey() }
  const jobs = await playWorkflow('examples/from-vault.yml', {
    event: { name: 'schedule' },
    vars: { ...databricks.vars, VAULT_ADDR: 'https://vault.example:8200' },
    jobVariables: databricks.idToken,
    uses: {
      // Lines `path key | VARIABLE`, between semicolons; it masks and exports what it has read.
      'hashicorp/vault-action@v3': ({ with: given }: ForeignStep) => {
        expect(given).toMatchObject({ url: 'https://vault.example:8200', method: 'jwt' })
        const env: Record<string, string> = {}
        for (const line of (given['secrets'] ?? '').split(';')) {
          const [, key = '', variable = ''] = /^\s*secret\/data\/storage (\w+) \| (\w+)\s*$/.exec(line) ?? []
          env[variable] = vault[key] ?? ''
        }
        return { env, masks: Object.values(env) }
      },
    },
  })
  expect(jobs.map(({ outcome }) => outcome)).toEqual(['success'])
  expect(databricks.texts).toEqual({ 'db-password': vault['db_password'], 'tls-key': vault['tls_key'] })
  expect(leaksOf(jobs, Object.values(vault))).toEqual([])
})
